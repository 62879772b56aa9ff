/** Everything known about one operation of a service config. Immutable. */
export interface MethodConfig {
  /** Selector of the method, `1.echo_api_endpoints_p_cloud_goog.Echo`. */
  readonly selector: string;
  /** Name of the method in its API. */
  readonly name: string;
  readonly apiName: string;
  readonly apiVersion: string;
  /** The url template as the rule wrote it, for texts and reports; the first binding's. */
  readonly template: string;
  /** What made the method: a rule of the config, `allow_cors`, or `--healthz`. */
  readonly origin: 'config' | 'cors' | 'health';
  /** No API key needed (`usage.rules[].allow_unregistered_calls`). */
  readonly allowUnregisteredCalls: boolean;
  /** No check, quota or report (`usage.rules[].skip_service_control`). */
  readonly skipServiceControl: boolean;
  /** Where an API key is looked for, in order. */
  readonly apiKeyLocations: readonly ApiKeyLocation[];
  /** What a JWT must satisfy; undefined: no JWT is looked at. */
  readonly authentication: AuthenticationRequirement | undefined;
  readonly metricCosts: ReadonlyArray<readonly [metric: string, cost: number]>;
  readonly backend: MethodBackend;
}

export type ApiKeyLocation =
  | { readonly kind: 'query'; readonly name: string }
  /** Lower-case header name. */
  | { readonly kind: 'header'; readonly name: string };

/** `authentication.rules[]` with its providers resolved: any one requirement suffices. */
export interface AuthenticationRequirement {
  readonly allowWithoutCredential: boolean;
  readonly requirements: ReadonlyArray<{
    readonly providerId: string;
    readonly audiences: readonly string[];
  }>;
}

/** Where a method's requests go. */
export interface MethodBackend {
  /** Name of the cluster: a key of {@link ConfigSnapshot.clusters}. */
  readonly cluster: string;
  readonly protocol: 'http/1.1' | 'h2' | 'grpc';
  /** How the upstream path is formed; undefined keeps the client's. */
  readonly pathTranslation: PathTranslation | undefined;
  /** Host sent upstream; undefined keeps the client's. */
  readonly hostRewrite: string | undefined;
  /** Milliseconds for the whole response; 0: no deadline. */
  readonly deadlineMs: number;
  /** Milliseconds without any byte in either direction; 0: no limit. */
  readonly idleTimeoutMs: number;
  /** Audience of the backend token; undefined: none is added. */
  readonly jwtAudience: string | undefined;
}

export type PathTranslation =
  | { readonly kind: 'append'; readonly prefix: string }
  | {
      readonly kind: 'constant';
      readonly path: string;
      /** Query parameter name by field path, where the two differ (a field's JSON name). */
      readonly queryNames?: ReadonlyMap<string, string>;
      /** Variables stand before the client's own query instead of after it, as ESP v1 has them. */
      readonly bindingsFirst?: boolean;
    };

/** One upstream address with what it takes to talk to it. */
export interface ClusterConfig {
  readonly name: string;
  readonly scheme: 'http' | 'https';
  readonly protocol: 'http/1.1' | 'h2';
  /** Host name, IP address without brackets, or the path of a Unix socket. */
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  readonly isUnixSocket: boolean;
}
