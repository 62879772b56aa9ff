import type { UsageDelta } from '../../store/usage.ts';
import type { ServedService } from './service-directory.ts';

const metrics = [
  'serviceruntime.googleapis.com/api/consumer/quota_used_count',
  'serviceruntime.googleapis.com/api/producer/by_consumer/quota_used_count',
] as const;

/**
 * What an allocation adds to the time series of used quota, where the config declares them. Proxies do not report these
 * metrics: only the server knows what was granted.
 */
export function toQuotaUsage(
  service: ServedService,
  allocation: {
    readonly methodName: string;
    readonly projectNumber: string;
    /** `apikey:<uid>`; '' without a key. */
    readonly credentialId: string;
    readonly spend: ReadonlyMap<string, number>;
    readonly atMs: number;
  },
): UsageDelta[] {
  const { methodName: method, projectNumber: consumerProject, credentialId, spend, atMs } = allocation;
  const declared = metrics.filter((metric) => service.config?.metrics.some(({ name }) => name === metric));
  return declared.flatMap((metric) =>
    [...spend]
      .filter(([, amount]) => amount > 0)
      .map(([group, amount]) => ({
        serviceName: service.serviceName,
        metric,
        consumerProject,
        method,
        version: '',
        location: 'global',
        labels: {
          '/quota_group_name': group,
          ...(credentialId !== '' && { '/credential_id': credentialId }),
        },
        atMs,
        value: { kind: 'int64' as const, value: BigInt(amount) },
      })),
  );
}
