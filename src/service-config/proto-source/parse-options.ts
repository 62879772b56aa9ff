import { SourceProblem } from '../source/source-problem.ts';
import type { ParseContext } from './parse-context.ts';
import type { AggregateEntry, OptionNamePart, OptionStatement, OptionValue } from './proto-file.ts';

/** What an option is of. */
export type OptionOwner = Pick<OptionStatement, 'target' | 'schema' | 'scope'>;

/** Messages in text format inside one another. */
const maxAggregateDepth = 64;

/** `option name = value;` from behind the word `option`. */
export function parseOption(context: ParseContext, owner: OptionOwner): void {
  parseAssignment(context, owner);
  context.tokens.expect(';');
}

/** `[name = value, …]`, if there is one. `special` takes the options that are none of the message, such as `default`. */
export function parseBracketOptions(
  context: ParseContext,
  owner: OptionOwner,
  special?: (name: string, offset: number) => boolean,
): void {
  const { tokens } = context;
  if (!tokens.takeIf('[')) return;
  do {
    const token = tokens.peek();
    const isSpecial = token.kind === 'identifier' && special?.(token.text, token.offset) === true;
    if (!isSpecial) parseAssignment(context, owner);
  } while (tokens.takeIf(','));
  tokens.expect(']');
}

function parseAssignment(context: ParseContext, { target, schema, scope }: OptionOwner): void {
  const { tokens } = context;
  const { offset } = tokens.peek();
  const name = parseName(context);
  tokens.expect('=');
  const value = parseValue(context, 0);
  const statement: OptionStatement = { target, schema, scope, name, value, place: context.place(offset) };
  context.options.push(context.define(statement, offset));
}

/** `deprecated`, `(google.api.http).get`, `(.pkg.ext)`. */
function parseName({ tokens }: ParseContext): OptionNamePart[] {
  const parts: OptionNamePart[] = [];
  do {
    if (tokens.takeIf('(')) {
      parts.push({ text: tokens.typeName('the name of an option').text, isExtension: true });
      tokens.expect(')');
    } else parts.push({ text: tokens.identifier('the name of an option').text, isExtension: false });
  } while (tokens.takeIf('.'));
  return parts;
}

/** Reads a constant or a message in braces. */
export function parseValue(context: ParseContext, depth: number): OptionValue {
  const { tokens } = context;
  const { offset } = tokens.peek();
  if (tokens.looksAt('{') || (depth > 0 && tokens.looksAt('<'))) return parseAggregate(context, depth);
  if (tokens.peek().kind === 'string')
    return { kind: 'string', bytes: tokens.bytes('a string').bytes, offset };
  const isNegative = tokens.takeIf('-');
  const token = tokens.peek();
  if (token.kind === 'identifier') return parseWord(context, isNegative, offset);
  if (token.kind === 'integer') {
    tokens.take();
    return { kind: 'integer', value: isNegative ? -token.value : token.value, offset };
  }
  if (token.kind !== 'float') throw tokens.unexpected('a value');
  tokens.take();
  return { kind: 'float', value: isNegative ? -token.value : token.value, offset };
}

/** Of words, only the two that are numbers take a sign. */
function parseWord({ tokens }: ParseContext, isNegative: boolean, offset: number): OptionValue {
  const { text } = tokens.identifier('a value');
  if (!isNegative) return { kind: 'identifier', text, offset };
  if (text === 'inf') return { kind: 'float', value: -Infinity, offset };
  if (text === 'nan') return { kind: 'float', value: NaN, offset };
  throw new SourceProblem(`Expected a number behind '-' but found '${text}'.`, offset);
}

function parseAggregate(context: ParseContext, depth: number): OptionValue {
  const { tokens } = context;
  const { offset } = tokens.peek();
  if (depth >= maxAggregateDepth)
    throw new SourceProblem(`Values are nested more than ${maxAggregateDepth} deep.`, offset);
  const close = tokens.takeIf('<') ? '>' : '}';
  if (close === '}') tokens.expect('{');
  const entries: AggregateEntry[] = [];
  while (!tokens.takeIf(close)) {
    entries.push(parseEntry(context, depth));
    if (!tokens.takeIf(',')) tokens.takeIf(';');
  }
  return { kind: 'aggregate', entries, offset };
}

function parseEntry(context: ParseContext, depth: number): AggregateEntry {
  const { tokens } = context;
  const { offset } = tokens.peek();
  const isExtension = tokens.takeIf('[');
  const { text } = isExtension ? tokens.typeName('the name of an extension') : tokens.identifier('a field');
  if (isExtension && tokens.looksAt('/'))
    throw new SourceProblem('google.protobuf.Any is not taken in its expanded form here.', offset);
  if (isExtension) tokens.expect(']');
  const hasColon = tokens.takeIf(':');
  if (!hasColon && !tokens.looksAt('{') && !tokens.looksAt('<') && !tokens.looksAt('['))
    throw tokens.unexpected("':'");
  const values: OptionValue[] = [];
  if (tokens.takeIf('[')) {
    while (!tokens.looksAt(']')) {
      values.push(parseValue(context, depth + 1));
      if (!tokens.takeIf(',')) break;
    }
    tokens.expect(']');
  } else values.push(parseValue(context, depth + 1));
  return context.define({ name: { text, isExtension }, values, offset }, offset);
}
