import { RE2JS } from 're2js';
import type { Matcher } from 're2js';

/** One `--rewrite` rule of ESP v1, compiled. */
export interface RewriteRule {
  readonly pattern: RE2JS;
  /** Text and group numbers in turn: text, group, text, … */
  readonly replacement: ReadonlyArray<string | number>;
}

export type RewriteRuleResult =
  | { readonly kind: 'rule'; readonly rule: RewriteRule }
  | { readonly kind: 'error'; readonly problem: string };

/**
 * Compiles `PATTERN REPLACEMENT`: a regular expression for the path, and the new path and query with `$0`–`$9` for its
 * groups. Source: start_esp `--rewrite`, server_config.proto `api_service_config.rewrite`.
 */
export function compileRewriteRule(text: string): RewriteRuleResult {
  const parts = text.trim().split(/\s+/);
  const [pattern, replacement] = parts;
  if (pattern === undefined || replacement === undefined || parts.length !== 2)
    return failed(`'${text}' is not 'PATTERN REPLACEMENT'`);
  try {
    const compiled = RE2JS.compile(pattern);
    const pieces = replacement.split(/\$(\d)/).map((piece, i) => (i % 2 === 1 ? Number(piece) : piece));
    const group = pieces.find((piece) => typeof piece === 'number' && piece > compiled.groupCount());
    if (group !== undefined) return failed(`'${text}': the pattern has no group ${group}`);
    return { kind: 'rule', rule: { pattern: compiled, replacement: pieces } };
  } catch (error) {
    return failed(`'${text}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The target after the first rule whose pattern is found in it; the same one when none is. */
export function applyRewriteRules(rules: readonly RewriteRule[], target: string): string {
  for (const { pattern, replacement } of rules) {
    const matcher = pattern.matcher(target);
    if (matcher.find()) return asOriginForm(fill(replacement, matcher));
  }
  return target;
}

/** A rule must not let a client choose the form of the target (RFC 9112 §3.2): `^/(.*)$ $1` still names a path. */
function asOriginForm(target: string): string {
  return target.startsWith('/') ? target : `/${target}`;
}

function fill(replacement: RewriteRule['replacement'], matcher: Matcher): string {
  return replacement
    .map((piece) => (typeof piece === 'string' ? piece : (matcher.group(piece) ?? '')))
    .join('');
}

function failed(problem: string): RewriteRuleResult {
  return { kind: 'error', problem: `--rewrite ${problem}` };
}
