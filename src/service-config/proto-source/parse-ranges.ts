import { SourceProblem } from '../source/source-problem.ts';
import type { ParseContext } from './parse-context.ts';

/** Both ends belong to it. */
export interface NumberRange {
  readonly start: number;
  readonly end: number;
}

/** `2, 9 to 11, 100 to max`. */
export function parseRanges(
  context: ParseContext,
  { min, max }: { readonly min: number; readonly max: number },
): NumberRange[] {
  const { tokens } = context;
  const ranges: NumberRange[] = [];
  const number = (): number => {
    const { value, offset } = tokens.integer('a number');
    if (value < min || value > max)
      throw new SourceProblem(`The number ${value} is not between ${min} and ${max}.`, offset);
    return Number(value);
  };
  do {
    const { offset } = tokens.peek();
    const start = number();
    const end = !tokens.takeIf('to') ? start : tokens.takeIf('max') ? max : number();
    if (end < start) throw new SourceProblem(`The range ends at ${end}, before its start.`, offset);
    ranges.push(context.define({ start, end }, offset));
  } while (tokens.takeIf(','));
  return ranges;
}

/** `"foo", "bar"`. */
export function parseReservedNames(context: ParseContext): string[] {
  const { tokens } = context;
  const names = new Set<string>();
  do {
    const { text, offset } = tokens.text('a name in quotes');
    if (!/^[A-Za-z_]\w*$/.test(text)) throw new SourceProblem(`Reserved name '${text}' is no name.`, offset);
    if (names.has(text)) throw new SourceProblem(`The name '${text}' is reserved twice.`, offset);
    names.add(text);
  } while (tokens.takeIf(','));
  return [...names];
}
