import type { Exchange } from '../exchange.ts';
import type { Stage, StageResult } from '../pipeline/stage.ts';
import type { Dialect } from '../dialects/dialect.ts';

export interface SanitizeHeadersOptions {
  readonly dialect: Dialect;
  /** `--generated_header_prefix`; the default name space `x-endpoint-api-` is ours in any case. */
  readonly headerPrefix?: string;
}

/**
 * Applies the method override and removes the headers that only the proxy may set, so that a backend can believe them.
 * Names are compared with `_` read as `-`: CGI-like backends do not tell the two apart.
 *
 * Differs from ESPv2: consumer and operation headers of the client go even when Check sets none, and Envoy's control
 * headers go for internal clients too.
 */
export function createSanitizeHeaders(options: SanitizeHeadersOptions): Stage {
  const customPrefix = (options.headerPrefix ?? 'X-Endpoint-').toLowerCase();
  const ownPrefixes = [...new Set([`${customPrefix}api-`, 'x-endpoint-api-'])];
  // Where nothing starts with an own prefix's first letter, a name costs one comparison.
  const firstLetters = new Set(ownPrefixes.map((prefix) => prefix.charCodeAt(0)));
  firstLetters.add(letterX);

  const isOurs = (name: string): boolean => {
    const plain = name.includes('_') ? name.replaceAll('_', '-') : name;
    if (ownNames.has(plain)) return true;
    for (const prefix of ownPrefixes) if (plain.startsWith(prefix)) return true;
    return false;
  };

  return {
    name: 'sanitize-headers',
    run(exchange): StageResult {
      const { headers } = exchange;
      let kept = 0;
      let bytes = 0;
      let override: string | undefined;
      let refererAt = -1;
      for (let i = 0; i < headers.length; i += 2) {
        const name = headers[i] as string;
        const value = headers[i + 1] as string;
        bytes += name.length + value.length;
        const letter = name.charCodeAt(0);
        if (letter === letterC && name === 'content-type') {
          exchange.isGrpcCaller = options.dialect.isGrpcCaller(value);
        } else if (letter === letterR && name === 'referer') {
          // A repeated one is removed whole: which of them Service Control saw would be anyone's guess.
          if (refererAt >= 0 || !isPlainReferer(value)) {
            if (refererAt >= 0) kept = removeAt(headers, refererAt, kept);
            refererAt = Infinity;
          }
          if (refererAt === Infinity) continue;
          refererAt = kept;
        } else if (firstLetters.has(letter)) {
          if (name === methodOverrideHeader) {
            override ??= value;
            continue;
          }
          if (isOurs(name)) continue;
        }
        headers[kept++] = name;
        headers[kept++] = value;
      }
      headers.length = kept;
      exchange.requestHeaderBytes = bytes + lineBytes(exchange);
      if (override !== undefined) exchange.method = override;
      return undefined;
    },
  };
}

const letterC = 0x63;
const letterR = 0x72;
const letterX = 0x78;

const methodOverrideHeader = 'x-http-method-override';

/** Envoy reads and obeys the `x-envoy-` ones; the others say who called. Source: ESPv2, Envoy conn_manager_utility.cc. */
const ownNames: ReadonlySet<string> = new Set([
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

function removeAt(headers: string[], position: number, length: number): number {
  headers.copyWithin(position, position + 2, length);
  return length - 2;
}

/** Absolute without fragment and user info, or relative without `#` and without `:` before its first `/`. */
function isPlainReferer(value: string): boolean {
  if (value.includes('#')) return false;
  const scheme = value.indexOf('://');
  const slash = value.indexOf('/');
  if (scheme > 0 && scheme < slash) {
    const pathAt = value.indexOf('/', scheme + 3);
    const authority = value.slice(scheme + 3, pathAt < 0 ? undefined : pathAt);
    return authority !== '' && !authority.includes('@');
  }
  const colon = value.indexOf(':');
  return colon < 0 || (slash >= 0 && slash < colon);
}

/** Envoy counts its pseudo headers too; these are their names. */
const pseudoNameBytes = ':method:path:scheme:authority'.length;

function lineBytes(exchange: Exchange): number {
  const { request } = exchange.stream;
  return (
    pseudoNameBytes +
    request.method.length +
    request.target.length +
    request.scheme.length +
    request.authority.length
  );
}
