import { FieldDescriptorProto_Type as FieldType } from '@bufbuild/protobuf/wkt';
import type { EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { join } from '../grpc/descriptors.ts';
import type { DefinitionKind, DescriptorNames } from '../grpc/descriptors.ts';
import { baseName } from '../source/base-name.ts';
import { NameScopes } from './name-scopes.ts';
import type { ResolvedName } from './name-scopes.ts';
import type { ProtoFile, TypeReference } from './proto-file.ts';

/** Replaces the names of types in parsed files by full names. Names that mean nothing are reported. */
export function linkProtos(
  parsed: readonly ProtoFile[],
  files: readonly FileDescriptorProto[],
  names: DescriptorNames,
  context: CompileContext,
): ReadonlyMap<ProtoFile, NameScopes> {
  const byPath = new Map(files.map((file) => [file.name, file]));
  const scopes = new Map<ProtoFile, NameScopes>();
  for (const file of parsed) {
    const scope = new NameScopes(file.proto, byPath, names);
    scopes.set(file, scope);
    for (const reference of file.references) linkReference(reference, { file, scope, names, context });
  }
  return scopes;
}

interface Linking {
  readonly file: ProtoFile;
  readonly scope: NameScopes;
  readonly names: DescriptorNames;
  readonly context: CompileContext;
}

function linkReference(reference: TypeReference, linking: Linking): void {
  const { file, scope } = linking;
  const resolved = scope.resolve(
    reference.name,
    scopeIn(file, reference.scope),
    reference.use.kind === 'field' ? 'types' : 'all',
  );
  if (resolved.kind !== 'found') {
    report(linking, reference, describeMissing(reference.name, resolved));
    return;
  }
  const problem = setType(reference, resolved.name, resolved.definition, linking.names);
  if (problem !== undefined) report(linking, reference, { message: problem, hint: undefined });
}

function setType(
  { name, use }: TypeReference,
  fullName: string,
  definition: DefinitionKind,
  names: DescriptorNames,
): string | undefined {
  const type = `.${fullName}`;
  switch (use.kind) {
    case 'field':
      return setFieldType(use.field, type, definition, names);
    case 'extendee':
      use.field.extendee = type;
      return definition === 'message' ? undefined : `'${name}' is no message and cannot be extended.`;
    case 'input':
      use.method.inputType = type;
      return definition === 'message' ? undefined : `'${name}' is no message.`;
    case 'output':
      use.method.outputType = type;
      return definition === 'message' ? undefined : `'${name}' is no message.`;
    default:
      return use satisfies never;
  }
}

function setFieldType(
  field: FieldDescriptorProto,
  typeName: string,
  definition: DefinitionKind,
  names: DescriptorNames,
): string | undefined {
  field.typeName = typeName;
  if (definition === 'enum') {
    field.type = FieldType.ENUM;
    const used = names.enums.get(typeName.slice(1))?.proto;
    if (used === undefined || !Object.hasOwn(field, 'defaultValue')) return undefined;
    if (valueNames(used).has(field.defaultValue)) return undefined;
    return `The enum '${typeName.slice(1)}' has no value '${field.defaultValue}'.`;
  }
  if (definition !== 'message') return `'${typeName.slice(1)}' is no type.`;
  if (field.type !== FieldType.GROUP) field.type = FieldType.MESSAGE;
  return Object.hasOwn(field, 'defaultValue') ? 'A message has no default.' : undefined;
}

const enumValues = new WeakMap<EnumDescriptorProto, ReadonlySet<string>>();

function valueNames(proto: EnumDescriptorProto): ReadonlySet<string> {
  const known = enumValues.get(proto) ?? new Set(proto.value.map(({ name }) => name));
  enumValues.set(proto, known);
  return known;
}

/** Why a name was not found, in words. */
export function describeMissing(
  name: string,
  resolved: Exclude<ResolvedName, { kind: 'found' }>,
): { readonly message: string; readonly hint: string | undefined } {
  switch (resolved.kind) {
    case 'not-imported':
      return {
        message: `'${name}' is defined in '${resolved.file}', which is not imported.`,
        hint: `Write import "${resolved.file}";`,
      };
    case 'shadowed':
      return {
        message: `'${name}' is looked up as '${resolved.name}', which is not defined.`,
        hint: 'The innermost scope counts. A leading dot makes a name absolute.',
      };
    case 'unknown':
      return { message: `'${name}' is not defined.`, hint: undefined };
    default:
      return resolved satisfies never;
  }
}

function report(
  { file, context }: Linking,
  { place }: TypeReference,
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
): void {
  context.diagnostics.error({
    rule: 'proto-name',
    location: baseName(file.source.path),
    message,
    hint,
    at: place,
  });
}

/** Full name of a scope of a file. */
export function scopeIn({ proto }: ProtoFile, scope: string): string {
  return scope === '' ? proto.package : join(proto.package, scope);
}
