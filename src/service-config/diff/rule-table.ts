/** The rules of one section of a config, found by the method that they are for. The last one that matches counts. */
export class RuleTable<T extends { readonly selector: string }> {
  readonly #exact = new Map<string, { readonly rule: T; readonly index: number }>();
  readonly #patterns: { readonly rule: T; readonly index: number }[] = [];

  constructor(rules: readonly T[] | undefined) {
    for (const [index, rule] of (rules ?? []).entries()) {
      if (/[*,]/.test(rule.selector)) this.#patterns.push({ rule, index });
      else this.#exact.set(rule.selector, { rule, index });
    }
  }

  find(selector: string): T | undefined {
    const exact = this.#exact.get(selector);
    const pattern = this.#patterns.findLast(({ rule }) => matches(rule.selector, selector));
    if (exact === undefined || pattern === undefined) return (exact ?? pattern)?.rule;
    return exact.index > pattern.index ? exact.rule : pattern.rule;
  }
}

/** A selector is a list of full names, prefixes `pkg.*` and `*`, separated by commas. Source: google.api selectors. */
function matches(pattern: string, selector: string): boolean {
  return pattern.split(',').some((part) => {
    const text = part.trim();
    return text.endsWith('*') ? selector.startsWith(text.slice(0, -1)) : text === selector;
  });
}
