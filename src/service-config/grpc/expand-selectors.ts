import { create } from '@bufbuild/protobuf';

import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import { HttpSchema } from '../../gen/google/api/http_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { nearestName } from '../../core/nearest-name.ts';

/** Longest full name of a method; looking for the patterns that match one costs in its length. */
export const maxMethodNameLength = 1024;

/** Unknown selectors for which a similar method is looked for; the search costs in the number of methods. */
const maxSuggestions = 20;

interface SelectorRule {
  selector: string;
}

/**
 * Gives every method one rule in each section: the last one whose selector matches it. A selector is a comma-separated
 * list of full names, prefixes `pkg.*` and `*`. `annotations` come before the http rules of the documents. Rules stand
 * in the order of the methods; a selector that matches no method is an error. Changes `service`.
 */
export function expandSelectors(
  service: Service,
  annotations: readonly HttpRule[],
  context: CompileContext,
): void {
  const expander = new Expander(service, context);
  const httpRules = [...annotations, ...(service.http?.rules ?? [])];
  if (httpRules.length > 0) {
    service.http ??= create(HttpSchema);
    service.http.rules = expander.expand('http.rules', httpRules);
  }
  const { authentication, backend, context: requestContext, quota, systemParameters, usage } = service;
  if (backend) backend.rules = expander.expand('backend.rules', backend.rules);
  if (usage) usage.rules = expander.expand('usage.rules', usage.rules);
  if (authentication) authentication.rules = expander.expand('authentication.rules', authentication.rules);
  if (quota) quota.metricRules = expander.expand('quota.metric_rules', quota.metricRules);
  if (systemParameters)
    systemParameters.rules = expander.expand('system_parameters.rules', systemParameters.rules);
  if (requestContext) requestContext.rules = expander.expand('context.rules', requestContext.rules);
}

class Expander {
  readonly #context: CompileContext;
  readonly #methods: readonly string[];
  /** Every pattern that matches a method. */
  readonly #patterns = new Set<string>();
  #suggestions = 0;

  constructor(service: Service, context: CompileContext) {
    this.#context = context;
    const names = service.apis.flatMap((api) => api.methods.map((method) => `${api.name}.${method.name}`));
    const long = names.find((name) => name.length > maxMethodNameLength);
    if (long !== undefined) this.#reportLong(long);
    this.#methods = long === undefined ? [...new Set(names)] : [];
    for (const method of this.#methods) for (const pattern of patternsOf(method)) this.#patterns.add(pattern);
  }

  expand<T extends SelectorRule>(section: string, rules: readonly T[]): T[] {
    const last = new Map<string, { readonly at: number; readonly rule: T }>();
    rules.forEach((rule, at) => {
      for (const pattern of rule.selector.split(',')) {
        const trimmed = pattern.trim();
        if (this.#patterns.has(trimmed)) last.set(trimmed, { at, rule });
        else this.#reportUnknown(section, trimmed, rule);
      }
    });
    return this.#methods.flatMap((method) => {
      let winner: { readonly at: number; readonly rule: T } | undefined;
      for (const pattern of patternsOf(method)) {
        const found = last.get(pattern);
        if (found !== undefined && (winner === undefined || found.at > winner.at)) winner = found;
      }
      return winner === undefined ? [] : this.#ruleFor(method, winner.rule);
    });
  }

  #ruleFor<T extends SelectorRule>(method: string, rule: T): T {
    if (rule.selector === method) return rule;
    const copy = { ...rule, selector: method };
    const origin = this.#context.origins.of(rule);
    return origin === undefined ? copy : this.#context.origins.set(copy, origin);
  }

  #reportUnknown(section: string, selector: string, rule: SelectorRule): void {
    const origin = this.#context.origins.of(rule);
    this.#suggestions += 1;
    const nearest =
      this.#suggestions > maxSuggestions ? undefined : nearestName(selector, this.#patterns.values());
    this.#context.diagnostics.error({
      rule: 'unknown-selector',
      location: origin?.location ?? 'unknown location',
      message:
        selector === ''
          ? `A rule of ${section} has no selector.`
          : `The selector '${selector}' of ${section} does not match any method.`,
      hint: nearest === undefined ? undefined : `Did you mean '${nearest}'?`,
      at: origin?.place,
    });
  }

  #reportLong(name: string): void {
    this.#context.diagnostics.error({
      rule: 'method-name-length',
      location: 'unknown location',
      message: `The method name '${name.slice(0, 60)}…' has ${name.length} characters; at most ${maxMethodNameLength} are allowed.`,
    });
  }
}

/** `pkg.Svc.M` is matched by itself, `pkg.Svc.*`, `pkg.*` and `*`. */
function patternsOf(method: string): string[] {
  const patterns = [method, '*'];
  for (let dot = method.indexOf('.'); dot !== -1; dot = method.indexOf('.', dot + 1))
    patterns.push(`${method.slice(0, dot)}.*`);
  return patterns;
}
