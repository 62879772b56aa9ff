import type { Http1ServerLimits, Http1ServerTimeouts } from '../../../protocol/http1/server-settings.ts';
import type { Http2Limits } from '../../../protocol/http2/http2-settings.ts';
import type { ListenerOptions } from '../../../protocol/net/listener.ts';
import type { CorsFlags } from '../../../proxy/policies/cors-policy.ts';
import type { PathOptions } from '../../../proxy/routing/normalize-path.ts';
import type { SnapshotOptions } from '../../../proxy/routing/snapshot-options.ts';
import type { ClusterOptions } from '../../../proxy/upstream/cluster.ts';
import type {
  CallPolicy,
  CheckCacheLimits,
  QuotaCacheLimits,
  ServiceControlCall,
} from '../../../service-control/service-control-dialect.ts';
import type { LogLevel } from '../../../telemetry/logger.ts';
import type { RuntimeVersion } from '../../flags/flag-spec.ts';

/**
 * What the command line of a proxy asks for, checked and in the terms of the modules that do it. Plain data: it is
 * handed to worker processes as it is. Made by `toProxySettings`.
 */
export interface ProxySettings {
  readonly runtimeVersion: RuntimeVersion;
  readonly source: ConfigSourceSettings;
  readonly controlPlane: ControlPlaneSettings;
  readonly snapshot: SnapshotOptions;
  readonly listeners: readonly ListenerOptions[];
  readonly codec: CodecSettings;
  readonly cluster: ClusterOptions;
  /** `IP[:port]`; empty: the system's resolver. */
  readonly dnsServers: readonly string[];
  readonly pipeline: PipelineSettings;
  readonly policies: PolicySettings;
  /** Undefined: no access log. */
  readonly accessLog: AccessLogSettings | undefined;
  readonly reports: ReportSettings;
  /** Undefined: no admin server. `isChosen`: the port was asked for, and the proxy does not start without it. */
  readonly admin: { readonly host: string; readonly port: number; readonly isChosen: boolean } | undefined;
  readonly process: ProcessSettings;
}

/** Where service configs come from. */
export type ConfigSourceSettings =
  | { readonly kind: 'file'; readonly path: string }
  /** `configId` undefined: the newest rollout's (ESP v1). */
  | { readonly kind: 'fixed'; readonly serviceName: string; readonly configId: string | undefined }
  | { readonly kind: 'managed'; readonly serviceName: string };

export interface ControlPlaneSettings {
  readonly managementUrl: string;
  /** Undefined: the environment that the service config names. */
  readonly serviceControlUrl: string | undefined;
  /** Undefined: the machine's own service account, from its metadata server. */
  readonly keyFile: string | undefined;
  readonly metadataUrl: string;
  /** Reports name the machine's platform and place as the metadata server tells them; false with `--non_gcp`. */
  readonly asksMachineAttributes: boolean;
  /** PEM roots for all calls of this side; undefined: the system's. */
  readonly rootCertsFile: string | undefined;
  /** The service account that Service Control is called as; undefined: the proxy's own. */
  readonly iam: IamSettings | undefined;
  readonly requestTimeoutMs: number;
  readonly probeIntervalMs: number;
  readonly fetchThrottleWindowMs: number;
}

export interface IamSettings {
  readonly url: string;
  readonly serviceAccount: string;
  readonly delegates: readonly string[];
}

export interface CodecSettings {
  readonly http10: 'accept' | 'reject';
  readonly underscores: 'allow' | 'reject' | 'drop';
  readonly otherUpgrades: 'reject' | 'ignore';
  readonly http1Limits: Partial<Http1ServerLimits>;
  readonly http1Timeouts: Partial<Http1ServerTimeouts>;
  readonly http2: Partial<Http2Limits>;
  /** Of one request; 0: no limit. */
  readonly maxBodyBytes: number;
}

export interface PipelineSettings {
  readonly headerPrefix: string;
  readonly addOperationName: boolean;
  /** The `x-envoy-` headers of the router. */
  readonly sendRouterHeaders: boolean;
  readonly allowWebSocket: boolean;
  readonly healthPath: string | undefined;
  readonly path: PathOptions;
}

export interface PolicySettings {
  readonly clientAddress: ClientAddressSettings;
  readonly cors: CorsFlags | undefined;
  /** `key=value` items joined by `;`. */
  readonly requestHeaders: { readonly add: string; readonly append: string };
  readonly responseHeaders: { readonly add: string; readonly append: string };
  readonly strictTransportSecurity: boolean;
  readonly compression: boolean;
  /** `PATTERN REPLACEMENT` each. */
  readonly rewriteRules: readonly string[];
  /** ESP v1 `--experimental_proxy_backend_host_header`. */
  readonly backendHost: string | undefined;
}

export type ClientAddressSettings =
  | {
      readonly kind: 'trusted-hops';
      readonly useRemoteAddress: boolean;
      readonly hops: number;
      readonly fromForwarded: boolean;
    }
  | {
      readonly kind: 'trusted-proxies';
      readonly proxies: string;
      readonly header: string | undefined;
      readonly position: number;
    };

export interface AccessLogSettings {
  readonly path: string;
  /** Envoy's format language, `json`, or undefined for Envoy's default line. */
  readonly format: string | undefined;
}

export interface ReportSettings {
  readonly isNetworkFailOpen: boolean;
  readonly calls: Readonly<Partial<Record<ServiceControlCall, Partial<CallPolicy>>>>;
  readonly checkCache: CheckCacheLimits;
  readonly quotaCache: Pick<QuotaCacheLimits, 'maxEntries' | 'refreshMs'>;
  readonly platform: string | undefined;
  /** Zone or region; undefined: not known. */
  readonly location: string | undefined;
  readonly reportsApiKeyUid: boolean;
  readonly logRequestHeaders: readonly string[];
  readonly logResponseHeaders: readonly string[];
}

export interface ProcessSettings {
  readonly workers: number;
  /** Keeps the last good config; undefined: it is not kept. */
  readonly stateFolder: string | undefined;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly logLevel: LogLevel;
}
