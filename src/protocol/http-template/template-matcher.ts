import { RE2JS } from 're2js';
import { doubleWildcard, isExactTemplate, singleWildcard } from './http-template.ts';
import type { HttpTemplate } from './http-template.ts';

/** How wildcards are read. */
export interface WildcardOptions {
  /** Wildcards do not match a colon. Default false. Flag `--disallow_colon_in_wildcard_path_segment`. */
  readonly disallowColon?: boolean;
}

/** A template as Envoy's route table writes it: whole paths, or an anchored RE2 expression. */
export type TemplateMatcher =
  | { readonly kind: 'exact'; readonly paths: readonly string[] }
  | { readonly kind: 'regex'; readonly regex: string };

/**
 * The matcher that means the same as `template`, for route tables of other proxies. One trailing slash is optional; before
 * a verb the optional slash stands in front of the colon.
 * Differs from ESPv2: a verb is quoted like any other literal.
 */
export function toTemplateMatcher(template: HttpTemplate, options: WildcardOptions = {}): TemplateMatcher {
  const verb = template.verb === '' ? '' : `:${template.verb}`;
  if (isExactTemplate(template)) {
    const path = `/${template.segments.join('/')}`;
    return { kind: 'exact', paths: path === '/' ? [path] : [`${path}${verb}`, `${path}/${verb}`] };
  }
  const segments = template.segments.map((segment) =>
    segmentPattern(segment, options.disallowColon === true),
  );
  return { kind: 'regex', regex: `^/${segments.join('/')}\\/?${RE2JS.quote(verb)}$` };
}

function segmentPattern(segment: string, disallowColon: boolean): string {
  if (segment === singleWildcard) return disallowColon ? '[^\\/:]+' : '[^\\/]+';
  if (segment === doubleWildcard) return disallowColon ? '[^:]*' : '.*';
  return RE2JS.quote(segment);
}
