import { espV1Report } from '../report/esp-v1.ts';
import type { ServiceControlDialect } from '../service-control-dialect.ts';

/** ESP v1 towards Service Control. Source: esp server_config.proto defaults, service_control/aggregated.cc. */
export const espV1ServiceControl: ServiceControlDialect = {
  name: 'esp-v1',
  userAgent: 'ESP',
  agentVersion: '1.58.0',
  calls: {
    check: { timeoutMs: 1500, retries: 3 },
    allocateQuota: { timeoutMs: 1500, retries: 1 },
    report: { timeoutMs: 3500, retries: 5 },
  },
  timeoutGrowth: 2,
  // Any HTTP answer is final, whatever its status.
  isRetryable: ({ reason }) => reason === 'refused' || reason === 'timeout' || reason === 'reset',
  failsOpen: ({ reason, httpStatus }) =>
    reason === 'refused' || reason === 'timeout' || reason === 'reset' || httpStatus >= 500,
  backendErrors: 'allow',
  failureText(reason, status) {
    switch (reason) {
      case 'status':
        return `Service control request failed with HTTP response code ${status}`;
      case 'malformed':
        return 'Invalid response';
      case 'token':
        return 'Failed to fetch service account token';
      case 'refused':
      case 'timeout':
      case 'reset':
      case 'overload':
        return 'Failed to connect to service control';
    }
    return reason satisfies never;
  },
  checkCache: { maxEntries: 10_000, refreshMs: 60_000, expirationMs: 300_000 },
  quotaCache: { maxEntries: 10_000, refreshMs: 1000, expirationMs: 600_000 },
  quotaRecheck: 'onRequest',
  quotaCarriesReferer: true,
  platforms: { GAE_FLEX: 'GAE Flex', GKE: 'GKE', GCE: 'GCE' },
  report: espV1Report,
};
