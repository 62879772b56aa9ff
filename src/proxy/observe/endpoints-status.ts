import type { ServiceControlCounters } from '../../service-control/counters.ts';
import type { ServedConfig } from '../pipeline/active-config.ts';

/** What `/endpoints_status` is made of. */
export interface EndpointsStatusFacts {
  /** Version of this program. */
  readonly version: string;
  readonly startedAtMs: number;
  readonly requests: number;
  readonly activeConnections: number;
  readonly acceptedConnections: number;
  readonly memory: { readonly rss: number; readonly peakRss: number; readonly virtual: number };
  readonly cpu: { readonly user: number; readonly system: number };
  readonly processId: number;
  readonly configs: readonly ServedConfig[];
  readonly counters: ServiceControlCounters | undefined;
  /** How often Service Management was asked for rollouts. */
  readonly remoteRolloutCalls: number;
}

/**
 * The status of ESP v1: server_status.proto as pretty-printed JSON with defaults, 64-bit numbers as strings.
 * Source: esp nginx/status.cc.
 */
export function renderEndpointsStatus(facts: EndpointsStatusFacts): string {
  const { memory, cpu } = facts;
  const status = {
    server: {
      serverVersion: `Gatehouse/${facts.version}`,
      nginxServerVersion: '',
      builtBy: '',
      configure: '',
      connections: {
        active: text(facts.activeConnections),
        accepted: text(facts.acceptedConnections),
        handled: text(facts.acceptedConnections),
        reading: '0',
        writing: '0',
        waiting: '0',
      },
      requests: text(facts.requests),
    },
    processes: [
      {
        processId: facts.processId,
        startedAt: new Date(facts.startedAtMs).toISOString(),
        memoryUsage: text(memory.rss),
        peakMemoryUsage: text(memory.peakRss),
        virtualSize: text(memory.virtual),
        userCpuTimeUs: text(cpu.user),
        systemCpuTimeUs: text(cpu.system),
        espStatus: espStatus(facts),
      },
    ],
  };
  return `${JSON.stringify(status, undefined, 1)}\n`;
}

/** One service; the configs of its rollout share it. */
function espStatus(facts: EndpointsStatusFacts): unknown[] {
  const first = facts.configs[0];
  if (first === undefined) return [];
  const percentages: Record<string, number> = {};
  for (const { snapshot, percent } of facts.configs) percentages[snapshot.configId] = percent;
  return [
    {
      serviceName: first.snapshot.serviceName,
      serviceControlStatistics: statistics(facts.counters),
      serviceConfigRollouts: {
        rolloutId: first.snapshot.rolloutId,
        percentages,
        remoteRolloutCalls: text(facts.remoteRolloutCalls),
      },
    },
  ];
}

const statisticsFields = [
  'totalCalledChecks',
  'sendChecksByFlush',
  'sendChecksInFlight',
  'totalCalledReports',
  'sendReportsByFlush',
  'sendReportsInFlight',
  'sendReportOperations',
  'maxReportSize',
] as const satisfies ReadonlyArray<keyof ServiceControlCounters>;

function statistics(counters: ServiceControlCounters | undefined): Record<string, string> {
  return Object.fromEntries(statisticsFields.map((field) => [field, text(counters?.[field] ?? 0)]));
}

function text(value: number): string {
  return String(Math.round(value));
}
