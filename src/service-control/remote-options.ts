import type { Clock } from '../core/clock.ts';
import type { Service } from '../gen/google/api/service_pb.ts';
import type { Logger } from '../telemetry/logger.ts';
import type {
  CallPolicy,
  CheckCacheLimits,
  QuotaCacheLimits,
  ServiceControlCall,
  ServiceControlDialect,
} from './service-control-dialect.ts';
import type { TokenSource } from './tokens/token-source.ts';
import type { HttpClientOptions } from './transport/http-client.ts';

/** How to reach Service Control and what to tell it. Everything has the dialect's default unless said otherwise. */
export interface RemoteServiceControllerOptions {
  readonly dialect: ServiceControlDialect;
  /** Scheme and authority. ESPv2 `--service_control_url`, ESP v1 `--service_control_url_override`. */
  readonly url: string;
  /** The config to begin with; see {@link RemoteServiceController.forConfig}. */
  readonly service: Service;
  /** ESPv2 `--service_control_network_fail_policy`, ESP v1 the same and `network_fail_open`. Default true. */
  readonly isNetworkFailOpen?: boolean;
  /** ESPv2 `--service_control_{check,quota,report}_{timeout_ms,retries}`. */
  readonly calls?: Readonly<Partial<Record<ServiceControlCall, Partial<CallPolicy>>>>;
  readonly checkCache?: Partial<CheckCacheLimits>;
  readonly quotaCache?: Partial<QuotaCacheLimits>;
  /** Interval of the empty report that asks for the rollout; 0 sends none. ESPv2 `check_rollout_interval`. Default 0. */
  readonly rolloutProbeIntervalMs?: number;
  /** Version behind the slash of the service agent; default: that of the dialect. */
  readonly agentVersion?: string;
  /** Zone or region; '' or absent: unknown. */
  readonly location?: string;
  /** Label platform as it goes out. ESPv2 `--compute_platform_override`. */
  readonly platform?: string;
  /** Project that log entries' traces live in; '' or absent: no pointer to traces. */
  readonly traceProjectId?: string;
  /** `--service_control_enable_api_key_uid_reporting`, ESP v1 `--enable_api_key_uid_reporting`. Default true. */
  readonly reportsApiKeyUid?: boolean;
  /** ESPv2's one word for all backends of a config; absent: each record's own. */
  readonly backendProtocol?: (service: Service) => 'http' | 'grpc';
  /** `--log_request_headers`, `--log_response_headers`. */
  readonly logRequestHeaders?: readonly string[];
  readonly logResponseHeaders?: readonly string[];
  readonly http?: HttpClientOptions;
  /** How long `close` waits for the last reports. Default 5000. */
  readonly closeTimeoutMs?: number;
}

export interface RemoteServiceControllerDeps {
  /** Stays the caller's: closing the controller does not close it. */
  readonly tokens: TokenSource;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Operation ids; default random UUIDs. */
  readonly createId?: () => string;
  /** Told the rollout id of every answer that carries one. */
  readonly onRolloutId?: (rolloutId: string) => void;
}
