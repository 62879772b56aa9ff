import { readFileSync } from 'node:fs';
import type { ServiceControlCounters } from '../../service-control/counters.ts';
import type { Gateway } from '../gateway.ts';
import type { EndpointsStatusFacts } from './endpoints-status.ts';

/** What the process knows beside the gateway. */
export interface StatusSources {
  readonly gateway: Pick<Gateway, 'configs' | 'totalExchanges'>;
  readonly version: string;
  readonly startedAtMs: number;
  readonly connections: () => { readonly active: number; readonly accepted: number };
  readonly counters: () => ServiceControlCounters | undefined;
  readonly remoteRolloutCalls: () => number;
}

const bytesPerKibibyte = 1024;
const bytesPerPage = 4096;

/** The facts of `/endpoints_status`, as of now. */
export function collectStatusFacts(sources: StatusSources): EndpointsStatusFacts {
  const { active, accepted } = sources.connections();
  const usage = process.resourceUsage();
  return {
    version: sources.version,
    startedAtMs: sources.startedAtMs,
    requests: sources.gateway.totalExchanges,
    activeConnections: active,
    acceptedConnections: accepted,
    memory: {
      rss: process.memoryUsage.rss(),
      peakRss: usage.maxRSS * bytesPerKibibyte,
      virtual: virtualBytes(),
    },
    cpu: { user: usage.userCPUTime, system: usage.systemCPUTime },
    processId: process.pid,
    configs: sources.gateway.configs.map(({ served }) => served),
    counters: sources.counters(),
    remoteRolloutCalls: sources.remoteRolloutCalls(),
  };
}

/** 0 where the system has no /proc. */
function virtualBytes(): number {
  try {
    return Number.parseInt(readFileSync('/proc/self/statm', 'latin1'), 10) * bytesPerPage;
  } catch {
    // Not Linux: the number has no use that would be worth a native call.
    return 0;
  }
}
