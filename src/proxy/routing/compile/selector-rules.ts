/** Something that applies to the methods that its selector names. */
export interface SelectorRule {
  readonly selector: string;
}

/**
 * Finds the rule for a method. Selectors are exact, or `*`, or end in `.*`; of several that fit, the last one counts.
 * Source: google/api/usage.proto, "All service configuration rules follow 'last one wins' order".
 */
export class SelectorRules<R extends SelectorRule> {
  readonly #exact = new Map<string, readonly [index: number, rule: R]>();
  /** Last one first. */
  readonly #patterns: Array<readonly [index: number, rule: R]> = [];

  constructor(rules: readonly R[] = []) {
    for (const [index, rule] of rules.entries()) {
      if (rule.selector === '*' || rule.selector.endsWith('.*')) this.#patterns.unshift([index, rule]);
      else this.#exact.set(rule.selector, [index, rule]);
    }
  }

  /** The rule for a method's selector; undefined when none fits. */
  find(selector: string): R | undefined {
    const exact = this.#exact.get(selector);
    const pattern = this.#patterns.find(([, rule]) => selector.startsWith(rule.selector.slice(0, -1)));
    if (exact === undefined) return pattern?.[1];
    return pattern !== undefined && pattern[0] > exact[0] ? pattern[1] : exact[1];
  }
}
