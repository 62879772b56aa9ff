import type { ServedConfigState } from '../gateway.ts';

/**
 * What is in force, as JSON: the options of the process and every operation of every config being served. Secrets print
 * as `[redacted]`, by type or by the name of their member.
 */
export function renderConfigDump(
  options: Readonly<Record<string, unknown>>,
  configs: readonly ServedConfigState[],
): string {
  const dump = {
    options,
    configs: configs.map(({ served, exchanges }) => ({
      serviceName: served.snapshot.serviceName,
      configId: served.snapshot.configId,
      rolloutId: served.snapshot.rolloutId,
      percent: served.percent,
      exchanges,
      clusters: [...served.snapshot.clusters.values()],
      operations: [...served.snapshot.methods.values()],
    })),
  };
  return `${JSON.stringify(dump, hideSecrets, 2)}\n`;
}

const secretName = /secret|password|private_?key|token|credential|authorization/i;

function hideSecrets(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Map) return Object.fromEntries(value);
  if (value instanceof Set) return [...value];
  return typeof value === 'string' && value !== '' && secretName.test(name) ? '[redacted]' : value;
}
