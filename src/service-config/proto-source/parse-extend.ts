import { SourceProblem } from '../source/source-problem.ts';
import type { ParseContext } from './parse-context.ts';
import { parseField } from './parse-field.ts';
import type { FieldHome } from './parse-field.ts';

/** Extensions from behind the word `extend`. */
export function parseExtend(context: ParseContext, home: FieldHome): void {
  const { tokens } = context;
  const { text, offset } = tokens.typeName('the name of a message');
  tokens.expect('{');
  const before = home.fields.length;
  while (!tokens.takeIf('}')) parseField(context, home, { kind: 'extend', extendee: text, offset });
  if (home.fields.length === before)
    throw new SourceProblem(`The extension of '${text}' has no fields.`, offset);
}
