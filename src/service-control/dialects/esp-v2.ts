import { espV2Report } from '../report/esp-v2.ts';
import type { ServiceControlDialect } from '../service-control-dialect.ts';

/** HTTP statuses that Envoy maps to UNAVAILABLE. */
const unavailableStatuses: readonly number[] = [429, 502, 503, 504];

/** ESPv2 towards Service Control. Source: espv2 http_call.cc, client_cache.cc, client_cache constants. */
export const espV2ServiceControl: ServiceControlDialect = {
  name: 'esp-v2',
  userAgent: 'ESPv2',
  agentVersion: '2.55.7',
  calls: {
    check: { timeoutMs: 1000, retries: 3 },
    allocateQuota: { timeoutMs: 1000, retries: 1 },
    report: { timeoutMs: 2000, retries: 5 },
  },
  timeoutGrowth: 1,
  isRetryable: ({ reason, httpStatus }) =>
    reason === 'refused' ||
    reason === 'timeout' ||
    reason === 'reset' ||
    (reason === 'status' && (httpStatus < 400 || httpStatus >= 500)),
  failsOpen: ({ reason, httpStatus }) =>
    reason === 'refused' ||
    reason === 'timeout' ||
    reason === 'reset' ||
    reason === 'overload' ||
    unavailableStatuses.includes(httpStatus),
  backendErrors: 'networkPolicy',
  failureText(reason, _status) {
    switch (reason) {
      // What Envoy's router would have answered in place of the server.
      case 'refused':
        return 'upstream connect error or disconnect/reset before headers. reset reason: remote connection failure, transport failure reason: delayed connect error: 111';
      case 'reset':
        return 'upstream connect error or disconnect/reset before headers. reset reason: connection termination';
      case 'timeout':
        return 'upstream request timeout';
      case 'overload':
        return 'upstream connect error or disconnect/reset before headers. reset reason: overflow';
      case 'malformed':
        return 'Invalid response';
      case 'token':
        return 'Missing access token for service control call';
      case 'status':
        return '';
    }
    return reason satisfies never;
  },
  checkCache: { maxEntries: 10_000, refreshMs: 300_000, expirationMs: 3_600_000 },
  quotaCache: { maxEntries: 10_000, refreshMs: 1000, expirationMs: 600_000 },
  quotaRecheck: 'poll',
  quotaCarriesReferer: false,
  platforms: { GAE_FLEX: 'GAE_FLEX(ESPv2)', GKE: 'GKE(ESPv2)', GCE: 'GCE(ESPv2)' },
  report: espV2Report,
};
