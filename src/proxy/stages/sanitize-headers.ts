import type { Exchange } from '../exchange.ts';
import type { Stage, StageResult } from '../pipeline/stage.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { createReservedHeaders, methodOverrideHeader } from './reserved-headers.ts';

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
  const reserved = createReservedHeaders(options.headerPrefix);
  // A name that starts with no reserved name's first letter costs one comparison.
  const firstLetters = new Set(reserved.firstLetters);

  return {
    name: 'sanitize-headers',
    run(exchange): StageResult {
      const { headers } = exchange;
      let kept = 0;
      let bytes = 0;
      let override: string | undefined;
      let refererAt = noReferer;
      for (let i = 0; i < headers.length; i += 2) {
        const name = headers[i] as string;
        const value = headers[i + 1] as string;
        bytes += name.length + value.length;
        const letter = name.charCodeAt(0);
        if (letter === letterC && name === 'content-type') {
          exchange.isGrpcCaller = options.dialect.isGrpcCaller(value);
        } else if (letter === letterR && name === 'referer') {
          // A repeated one is removed whole: which of them Service Control saw would be anyone's guess.
          const isRefused = refererAt !== noReferer || !isPlainReferer(value);
          if (isRefused) {
            if (refererAt >= 0) kept = removeAt(headers, refererAt, kept);
            refererAt = refusedReferer;
            continue;
          }
          refererAt = kept;
        } else if (firstLetters.has(letter)) {
          if (name === methodOverrideHeader) {
            override ??= value;
            continue;
          }
          if (reserved.has(name)) continue;
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

/** Instead of a position in the headers. */
const noReferer = -1;
const refusedReferer = -2;

const letterC = 0x63;
const letterR = 0x72;

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
