import { create } from '@bufbuild/protobuf';
import {
  MethodDescriptorProtoSchema,
  MethodOptionsSchema,
  ServiceDescriptorProtoSchema,
  ServiceOptionsSchema,
} from '@bufbuild/protobuf/wkt';
import type { MethodDescriptorProto, ServiceDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { ParseContext } from './parse-context.ts';
import { parseOption } from './parse-options.ts';

/** A service from behind the word `service`. */
export function parseService(context: ParseContext): ServiceDescriptorProto {
  const { tokens } = context;
  const { text, offset } = tokens.identifier('the name of a service');
  const proto = context.define(create(ServiceDescriptorProtoSchema, { name: text }), offset);
  tokens.expect('{');
  while (!tokens.takeIf('}')) {
    if (tokens.takeIf(';')) continue;
    if (tokens.takeIf('option'))
      parseOption(context, { target: proto, schema: ServiceOptionsSchema, scope: '' });
    else {
      tokens.expect('rpc');
      proto.method.push(parseMethod(context, text));
    }
  }
  return proto;
}

function parseMethod(context: ParseContext, service: string): MethodDescriptorProto {
  const { tokens } = context;
  const { text, offset } = tokens.identifier('the name of a method');
  const method = context.define(create(MethodDescriptorProtoSchema, { name: text }), offset);
  // As in protoc's descriptors, a flag that is off is absent.
  if (parseType(context, { method, kind: 'input' }, service)) method.clientStreaming = true;
  tokens.expect('returns');
  if (parseType(context, { method, kind: 'output' }, service)) method.serverStreaming = true;
  if (tokens.takeIf(';')) return method;
  tokens.expect('{');
  while (!tokens.takeIf('}')) {
    if (tokens.takeIf(';')) continue;
    tokens.expect('option');
    parseOption(context, { target: method, schema: MethodOptionsSchema, scope: service });
  }
  // protoc notes that there were braces.
  method.options ??= create(MethodOptionsSchema);
  return method;
}

/** `(stream Type)`; returns whether it is a stream. */
function parseType(
  context: ParseContext,
  use: { readonly method: MethodDescriptorProto; readonly kind: 'input' | 'output' },
  scope: string,
): boolean {
  const { tokens } = context;
  tokens.expect('(');
  const isStream = tokens.takeIf('stream');
  const { text, offset } = tokens.typeName('the name of a message');
  tokens.expect(')');
  context.references.push({ name: text, place: context.place(offset), scope, use });
  return isStream;
}
