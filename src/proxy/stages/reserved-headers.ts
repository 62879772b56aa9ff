/** Field names that must not come from a client: in a request's head or its trailers. */
export interface ReservedHeaders {
  has(name: string): boolean;
  /** Character codes that reserved names start with. */
  readonly firstLetters: readonly number[];
}

export const methodOverrideHeader: string = 'x-http-method-override';

/**
 * The names that only the proxy may set, so that a backend can believe them. `_` is read as `-`: CGI-like backends do
 * not tell the two apart.
 *
 * @param headerPrefix `--generated_header_prefix`; the default name space `x-endpoint-api-` is ours in any case
 */
export function createReservedHeaders(headerPrefix: string = 'X-Endpoint-'): ReservedHeaders {
  const prefixes = [...new Set([toPlain(`${headerPrefix.toLowerCase()}api-`), 'x-endpoint-api-'])];
  return {
    has(name) {
      const plain = toPlain(name);
      if (reservedNames.has(plain)) return true;
      for (const prefix of prefixes) if (plain.startsWith(prefix)) return true;
      return false;
    },
    firstLetters: prefixes
      .flatMap((prefix) => (prefix.startsWith('-') ? ['-', '_'] : prefix))
      .map(firstLetter),
  };
}

function toPlain(name: string): string {
  return name.includes('_') ? name.replaceAll('_', '-') : name;
}

function firstLetter(text: string): number {
  return text.charCodeAt(0);
}

/** Envoy reads and obeys the `x-envoy-` ones; the others say who called. Source: ESPv2, Envoy conn_manager_utility.cc. */
const reservedNames: ReadonlySet<string> = new Set([
  'x-apigateway-api-userinfo',
  'x-forwarded-authorization',
  'x-forwarded-client-cert',
  methodOverrideHeader,
  'x-envoy-decorator-operation',
  'x-envoy-downstream-service-cluster',
  'x-envoy-downstream-service-node',
  'x-envoy-expected-rq-timeout-ms',
  'x-envoy-external-address',
  'x-envoy-force-trace',
  'x-envoy-hedge-on-per-try-timeout',
  'x-envoy-internal',
  'x-envoy-ip-tags',
  'x-envoy-max-retries',
  'x-envoy-original-url',
  'x-envoy-retriable-header-names',
  'x-envoy-retriable-status-codes',
  'x-envoy-retry-grpc-on',
  'x-envoy-retry-on',
  'x-envoy-upstream-alt-stat-name',
  'x-envoy-upstream-rq-per-try-timeout-ms',
  'x-envoy-upstream-rq-timeout-alt-response',
  'x-envoy-upstream-rq-timeout-ms',
]);
