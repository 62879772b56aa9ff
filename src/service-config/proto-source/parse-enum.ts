import { create } from '@bufbuild/protobuf';
import {
  EnumDescriptorProto_EnumReservedRangeSchema,
  EnumDescriptorProtoSchema,
  EnumOptionsSchema,
  EnumValueDescriptorProtoSchema,
  EnumValueOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import type { EnumDescriptorProto } from '@bufbuild/protobuf/wkt';

import { SourceProblem } from '../source/source-problem.ts';
import type { ParseContext } from './parse-context.ts';
import { parseBracketOptions, parseOption } from './parse-options.ts';
import { parseRanges, parseReservedNames } from './parse-ranges.ts';

const minInt32 = -2_147_483_648;
const maxInt32 = 2_147_483_647;

/** An enum from behind the word `enum`. */
export function parseEnum(context: ParseContext, scope: string): EnumDescriptorProto {
  const { tokens } = context;
  const { text, offset } = tokens.identifier('the name of an enum');
  const proto = context.define(create(EnumDescriptorProtoSchema, { name: text }), offset);
  tokens.expect('{');
  while (!tokens.takeIf('}')) {
    if (tokens.takeIf(';')) continue;
    if (tokens.takeIf('option')) parseOption(context, { target: proto, schema: EnumOptionsSchema, scope });
    else if (tokens.takeIf('reserved')) parseReserved(context, proto);
    else parseEnumValue(context, proto, scope);
  }
  if (proto.value.length === 0) throw new SourceProblem(`The enum '${text}' has no values.`, offset);
  return proto;
}

function parseEnumValue(context: ParseContext, proto: EnumDescriptorProto, scope: string): void {
  const { tokens } = context;
  const { text, offset } = tokens.identifier('the name of a value');
  tokens.expect('=');
  const { value: number, offset: at } = tokens.integer('the number of the value');
  if (number < minInt32 || number > maxInt32)
    throw new SourceProblem('The number of an enum value must fit 32 bits.', at);
  const value = create(EnumValueDescriptorProtoSchema, { name: text, number: Number(number) });
  proto.value.push(context.define(value, offset));
  parseBracketOptions(context, { target: value, schema: EnumValueOptionsSchema, scope });
  tokens.expect(';');
}

function parseReserved(context: ParseContext, proto: EnumDescriptorProto): void {
  const { tokens } = context;
  const { offset } = tokens.peek();
  if (tokens.peek().kind === 'string') proto.reservedName.push(...parseReservedNames(context));
  else {
    // Unlike those of messages, both ends belong to the range.
    for (const { start, end } of parseRanges(context, { min: minInt32, max: maxInt32 }))
      proto.reservedRange.push(
        context.define(create(EnumDescriptorProto_EnumReservedRangeSchema, { start, end }), offset),
      );
  }
  tokens.expect(';');
}
