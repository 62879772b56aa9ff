import { create } from '@bufbuild/protobuf';
import {
  DescriptorProto_ExtensionRangeSchema,
  DescriptorProto_ReservedRangeSchema,
  DescriptorProtoSchema,
  ExtensionRangeOptionsSchema,
  MessageOptionsSchema,
  OneofDescriptorProtoSchema,
  OneofOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import type { DescriptorProto } from '@bufbuild/protobuf/wkt';

import { SourceProblem } from '../source/source-problem.ts';
import { maxFieldNumber, maxMessageDepth } from './parse-context.ts';
import type { ParseContext } from './parse-context.ts';
import { parseEnum } from './parse-enum.ts';
import { parseExtend } from './parse-extend.ts';
import { parseField } from './parse-field.ts';
import type { FieldHome } from './parse-field.ts';
import { parseBracketOptions, parseOption } from './parse-options.ts';
import { parseRanges, parseReservedNames } from './parse-ranges.ts';

/** A message from behind the word `message`. */
export function parseMessage(context: ParseContext, scope: string, depth: number): DescriptorProto {
  const { text, offset } = context.tokens.identifier('the name of a message');
  const proto = context.define(create(DescriptorProtoSchema, { name: text }), offset);
  parseMessageBody(context, proto, { scope, depth });
  return proto;
}

/** What stands in the braces of a message or group. */
export function parseMessageBody(
  context: ParseContext,
  proto: DescriptorProto,
  { scope, depth }: { readonly scope: string; readonly depth: number },
): void {
  const { tokens } = context;
  if (depth >= maxMessageDepth)
    throw new SourceProblem(`Messages are nested more than ${maxMessageDepth} deep.`, tokens.peek().offset);
  const home: FieldHome = {
    scope: context.enter(scope, proto.name, tokens.peek().offset),
    depth: depth + 1,
    fields: proto.field,
    nested: proto.nestedType,
    parseBody: parseMessageBody,
  };
  tokens.expect('{');
  while (!tokens.takeIf('}')) parseMember(context, proto, home, scope);
  addSyntheticOneofs(proto);
}

/** Options of a message are looked up from around it, as protoc does. */
function parseMember(context: ParseContext, proto: DescriptorProto, home: FieldHome, around: string): void {
  const { tokens } = context;
  if (tokens.takeIf(';')) return;
  if (tokens.takeIf('message')) proto.nestedType.push(parseMessage(context, home.scope, home.depth));
  else if (tokens.takeIf('enum')) proto.enumType.push(parseEnum(context, home.scope));
  else if (tokens.takeIf('extend')) parseExtend(context, { ...home, fields: proto.extension });
  else if (tokens.takeIf('extensions')) parseExtensionRanges(context, proto, around);
  else if (tokens.takeIf('reserved')) parseReserved(context, proto);
  else if (tokens.takeIf('oneof')) parseOneof(context, proto, home);
  else if (tokens.takeIf('option'))
    parseOption(context, { target: proto, schema: MessageOptionsSchema, scope: around });
  else parseField(context, home, { kind: 'message' });
}

function parseOneof(context: ParseContext, proto: DescriptorProto, home: FieldHome): void {
  const { tokens } = context;
  const { text, offset } = tokens.identifier('the name of a oneof');
  const oneof = context.define(create(OneofDescriptorProtoSchema, { name: text }), offset);
  const index = proto.oneofDecl.push(oneof) - 1;
  const before = proto.field.length;
  tokens.expect('{');
  while (!tokens.takeIf('}')) {
    if (tokens.takeIf('option'))
      parseOption(context, { target: oneof, schema: OneofOptionsSchema, scope: home.scope });
    else parseField(context, home, { kind: 'oneof', index });
  }
  if (proto.field.length === before) throw new SourceProblem(`The oneof '${text}' has no fields.`, offset);
}

/** Every `optional` field of proto3 is the one field of a oneof of its own, behind the ones of the source. */
function addSyntheticOneofs(proto: DescriptorProto): void {
  const optional = proto.field.filter(({ proto3Optional }) => proto3Optional);
  if (optional.length === 0) return;
  const taken = new Set([...proto.field, ...proto.oneofDecl].map(({ name }) => name));
  for (const field of optional) {
    let name = field.name.startsWith('_') ? field.name : `_${field.name}`;
    while (taken.has(name)) name = `X${name}`;
    taken.add(name);
    field.oneofIndex = proto.oneofDecl.push(create(OneofDescriptorProtoSchema, { name })) - 1;
  }
}

function parseExtensionRanges(context: ParseContext, proto: DescriptorProto, scope: string): void {
  const { offset } = context.tokens.peek();
  const ranges = parseRanges(context, { min: 1, max: maxFieldNumber }).map(({ start, end }) =>
    context.define(create(DescriptorProto_ExtensionRangeSchema, { start, end: end + 1 }), offset),
  );
  proto.extensionRange.push(...ranges);
  const first = context.options.length;
  const [target, ...others] = ranges;
  if (target !== undefined)
    parseBracketOptions(context, { target, schema: ExtensionRangeOptionsSchema, scope });
  // Options behind several ranges are options of each.
  const statements = context.options.slice(first);
  for (const other of others)
    context.options.push(...statements.map((option) => ({ ...option, target: other })));
  context.tokens.expect(';');
}

function parseReserved(context: ParseContext, proto: DescriptorProto): void {
  const { tokens } = context;
  const { offset } = tokens.peek();
  if (tokens.peek().kind === 'string') proto.reservedName.push(...parseReservedNames(context));
  else {
    for (const { start, end } of parseRanges(context, { min: 1, max: maxFieldNumber }))
      proto.reservedRange.push(
        context.define(create(DescriptorProto_ReservedRangeSchema, { start, end: end + 1 }), offset),
      );
  }
  tokens.expect(';');
}
