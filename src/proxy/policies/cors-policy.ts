import { RE2JS } from 're2js';
import { getHeader, setHeader } from '../../protocol/http/headers.ts';
import type { HeaderList } from '../../protocol/http/headers.ts';

/** The CORS flags, as the command line gives them. */
export interface CorsFlags {
  /** `--cors_preset`: `basic` or `cors_with_regex`. */
  readonly preset: string;
  /** `--cors_allow_origin`, for `basic`. Default `*`. */
  readonly allowOrigin: string;
  /** `--cors_allow_origin_regex`, for `cors_with_regex`. Default ''. */
  readonly allowOriginRegex: string;
  /** `--cors_allow_methods`. */
  readonly allowMethods: string;
  /** `--cors_allow_headers`. */
  readonly allowHeaders: string;
  /** `--cors_expose_headers`. */
  readonly exposeHeaders: string;
  /** `--cors_allow_credentials`. Default false. */
  readonly allowCredentials: boolean;
  /** `--cors_max_age` in seconds, rounded down. Default 1,728,000 (480 h). */
  readonly maxAgeSeconds: number;
}

/** How the generations differ in answering. */
export interface CorsStyle {
  /** Of an answered preflight: 200 in v2, 204 in v1. */
  readonly preflightStatus: number;
  /** A preflight has `access-control-request-method` (v2); any OPTIONS with a good origin is one (v1). */
  readonly requiresRequestMethod: boolean;
  /** The regex matches the whole origin, case-sensitively (v2); any part of it in any case (v1, nginx `~*`). */
  readonly matchesWholeOrigin: boolean;
  /** `basic` looks at the request's origin and sends it back (v2); it sends what is configured to all (v1). */
  readonly basicEchoesOrigin: boolean;
  /** `access-control-expose-headers` is on answered preflights too (v2). */
  readonly exposesOnPreflight: boolean;
}

export const espV2CorsStyle: CorsStyle = {
  preflightStatus: 200,
  requiresRequestMethod: true,
  matchesWholeOrigin: true,
  basicEchoesOrigin: true,
  exposesOnPreflight: true,
};

export const espV1CorsStyle: CorsStyle = {
  preflightStatus: 204,
  requiresRequestMethod: false,
  matchesWholeOrigin: false,
  basicEchoesOrigin: false,
  exposesOnPreflight: false,
};

export type CorsPolicyResult =
  | { readonly kind: 'policy'; readonly policy: CorsPolicy }
  | { readonly kind: 'error'; readonly problem: string };

/** Largest compiled size of an origin expression. Source: espv2 util.ValidateRegexProgramSize. */
const maxOriginRegexProgramSize = 1_000;

/**
 * Compiles the CORS flags; errors are those that keep the proxy from starting.
 * Source: espv2 cors filter generator, Envoy cors filter.
 */
export function compileCorsPolicy(flags: CorsFlags, style: CorsStyle): CorsPolicyResult {
  switch (flags.preset) {
    case 'basic':
      if (flags.allowOrigin === '') return failed('cors_allow_origin cannot be empty when cors_preset=basic');
      return compiled(flags, style, (origin) => flags.allowOrigin === '*' || origin === flags.allowOrigin);
    case 'cors_with_regex': {
      const matches = compileOriginRegex(flags.allowOriginRegex, style);
      return typeof matches === 'string' ? failed(matches) : compiled(flags, style, matches);
    }
    default:
      return failed('cors_preset must be either "basic" or "cors_with_regex"');
  }
}

/** Decides about one origin. */
type OriginMatcher = (origin: string) => boolean;

/** What a preset says about requests. Immutable. */
export class CorsPolicy {
  readonly #flags: CorsFlags;
  readonly #style: CorsStyle;
  readonly #matches: OriginMatcher;

  constructor(flags: CorsFlags, style: CorsStyle, matches: OriginMatcher) {
    this.#flags = flags;
    this.#style = style;
    this.#matches = matches;
  }

  get preflightStatus(): number {
    return this.#style.preflightStatus;
  }

  /**
   * What `access-control-allow-origin` says to a request, undefined when the preset does not allow its origin. `null` is
   * an origin like any other.
   */
  allowedOrigin(headers: readonly string[]): string | undefined {
    if (this.#flags.preset === 'basic' && !this.#style.basicEchoesOrigin) return this.#flags.allowOrigin;
    const origin = getHeader(headers, 'origin');
    return origin !== undefined && origin !== '' && this.#matches(origin) ? origin : undefined;
  }

  /** Whether a request is a preflight that the preset answers. */
  isPreflight(method: string, headers: readonly string[]): boolean {
    if (method !== 'OPTIONS' || this.allowedOrigin(headers) === undefined) return false;
    const requestMethod = getHeader(headers, 'access-control-request-method') ?? '';
    return !this.#style.requiresRequestMethod || requestMethod !== '';
  }

  /** The headers of a preflight's answer: name, value, … Empty settings are left out. */
  preflightHeaders(origin: string): string[] {
    const headers: string[] = [];
    const { allowMethods, allowHeaders, maxAgeSeconds } = this.#flags;
    this.#addOrigin(headers, origin);
    if (this.#style.exposesOnPreflight) this.#addExposed(headers);
    if (allowMethods !== '') headers.push('access-control-allow-methods', allowMethods);
    if (allowHeaders !== '') headers.push('access-control-allow-headers', allowHeaders);
    headers.push('access-control-max-age', String(maxAgeSeconds));
    return headers;
  }

  /** Puts the CORS headers on any other response, in place of the backend's own. */
  decorate(headers: HeaderList, origin: string): void {
    this.#addOrigin(headers, origin);
    this.#addExposed(headers);
  }

  #addOrigin(headers: HeaderList, origin: string): void {
    setHeader(headers, 'access-control-allow-origin', origin);
    if (this.#flags.allowCredentials) setHeader(headers, 'access-control-allow-credentials', 'true');
  }

  #addExposed(headers: HeaderList): void {
    if (this.#flags.exposeHeaders !== '')
      setHeader(headers, 'access-control-expose-headers', this.#flags.exposeHeaders);
  }
}

/** The matcher, or what is wrong. */
function compileOriginRegex(text: string, style: CorsStyle): OriginMatcher | string {
  if (text === '') return 'cors_allow_origin_regex cannot be empty when cors_preset=cors_with_regex';
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(text, style.matchesWholeOrigin ? 0 : RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    return `invalid cors origin regex: ${error instanceof Error ? error.message : String(error)}`;
  }
  const size = regex.programSize();
  if (size > maxOriginRegexProgramSize)
    return `invalid cors origin regex: program size ${size} is larger than ${maxOriginRegexProgramSize}`;
  return style.matchesWholeOrigin ? (origin) => regex.matches(origin) : (origin) => regex.test(origin);
}

function compiled(flags: CorsFlags, style: CorsStyle, matches: OriginMatcher): CorsPolicyResult {
  return { kind: 'policy', policy: new CorsPolicy(flags, style, matches) };
}

function failed(problem: string): CorsPolicyResult {
  return { kind: 'error', problem };
}
