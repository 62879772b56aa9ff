import { create } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileOptionsSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { Origins } from '../model/origins.ts';
import { SourceProblem } from '../source/source-problem.ts';
import type { SourceText } from '../source/source-text.ts';
import { ParseContext } from './parse-context.ts';
import type { DefinitionBudget } from './parse-context.ts';
import { parseEnum } from './parse-enum.ts';
import { parseExtend } from './parse-extend.ts';
import { parseMessage, parseMessageBody } from './parse-message.ts';
import { parseOption } from './parse-options.ts';
import { parseService } from './parse-service.ts';
import type { ProtoFile } from './proto-file.ts';

/**
 * Parses one file of proto2 or proto3 source. The descriptor holds names of types as they are written and no options;
 * linking gives them. Throws {@link SourceProblem} at the first thing that is not in the grammar.
 */
export function parseProto(
  source: SourceText,
  origins: Origins,
  budget: DefinitionBudget,
): ProtoFile & { readonly hasSyntax: boolean } {
  const context = new ParseContext(source, origins, budget);
  const proto = create(FileDescriptorProtoSchema, { name: source.path });
  const hasSyntax = parseSyntax(context, proto);
  while (context.tokens.peek().kind !== 'end') parseStatement(context, proto);
  const { imports, references, options } = context;
  return { proto, source, imports, references, options, hasSyntax };
}

/** Differs from protoc for editions, which have rules of their own for presence and encoding. */
function parseSyntax(context: ParseContext, proto: FileDescriptorProto): boolean {
  const { tokens } = context;
  if (tokens.looksAt('edition'))
    throw new SourceProblem(
      'Editions are not compiled here.',
      tokens.peek().offset,
      'Write syntax = "proto3"; or submit a descriptor set made by protoc.',
    );
  if (!tokens.takeIf('syntax')) return false;
  tokens.expect('=');
  const { text, offset } = tokens.text('"proto2" or "proto3"');
  if (text !== 'proto2' && text !== 'proto3')
    throw new SourceProblem(`Unknown syntax '${text}'.`, offset, 'Write "proto2" or "proto3".');
  tokens.expect(';');
  context.isProto3 = text === 'proto3';
  // As in protoc's descriptors, proto2 is what a file without a syntax has.
  if (context.isProto3) proto.syntax = text;
  return true;
}

function parseStatement(context: ParseContext, proto: FileDescriptorProto): void {
  const { tokens } = context;
  if (tokens.takeIf(';')) return;
  if (tokens.takeIf('message')) proto.messageType.push(parseMessage(context, '', 0));
  else if (tokens.takeIf('enum')) proto.enumType.push(parseEnum(context, ''));
  else if (tokens.takeIf('service')) proto.service.push(parseService(context));
  else if (tokens.takeIf('extend'))
    parseExtend(context, {
      scope: '',
      depth: 0,
      fields: proto.extension,
      nested: proto.messageType,
      parseBody: parseMessageBody,
    });
  else if (tokens.takeIf('import')) parseImport(context, proto);
  else if (tokens.looksAt('package')) parsePackage(context, proto);
  else if (tokens.takeIf('option'))
    parseOption(context, { target: proto, schema: FileOptionsSchema, scope: '' });
  else if (tokens.looksAt('syntax'))
    throw new SourceProblem('The syntax stands once, before everything else.', tokens.peek().offset);
  else throw tokens.unexpected('a definition such as message, enum or service');
}

/** Bounds what looking for one that is there twice costs. */
const maxImports = 1000;

function parseImport(context: ParseContext, proto: FileDescriptorProto): void {
  const { tokens } = context;
  const isPublic = tokens.takeIf('public');
  const isWeak = !isPublic && tokens.takeIf('weak');
  const { text, offset } = tokens.text('the path of a file in quotes');
  tokens.expect(';');
  if (proto.dependency.length >= maxImports)
    throw new SourceProblem(`A file imports at most ${maxImports} others.`, offset);
  if (proto.dependency.includes(text)) throw new SourceProblem(`'${text}' is imported twice.`, offset);
  if (isPublic) proto.publicDependency.push(proto.dependency.length);
  if (isWeak) proto.weakDependency.push(proto.dependency.length);
  proto.dependency.push(text);
  context.imports.push(context.define({ path: text, place: context.place(offset) }, offset));
}

function parsePackage(context: ParseContext, proto: FileDescriptorProto): void {
  const { tokens } = context;
  const { offset } = tokens.take();
  if (proto.package !== '') throw new SourceProblem('A file has one package.', offset);
  const { text } = tokens.typeName('the name of the package');
  if (text.startsWith('.'))
    throw new SourceProblem('The name of a package does not start with a dot.', offset);
  proto.package = context.enter('', text, offset);
  tokens.expect(';');
}
