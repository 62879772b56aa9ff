import { isMessage } from '@bufbuild/protobuf';
import type { DescMessage, FileRegistry, MessageShape } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  EnumDescriptorProtoSchema,
  MethodDescriptorProtoSchema,
  ServiceDescriptorProtoSchema,
} from '@bufbuild/protobuf/wkt';
import type {
  DescriptorProto,
  EnumDescriptorProto,
  FileDescriptorProto,
  FileDescriptorSet,
  MethodDescriptorProto,
  ServiceDescriptorProto,
} from '@bufbuild/protobuf/wkt';

/** A definition with its file. */
export interface Defined<T> {
  /** Full name, without a leading dot. */
  readonly name: string;
  readonly proto: T;
  readonly file: FileDescriptorProto;
}

/** What the submitted protobuf files define, checked and by name. */
export interface Descriptors {
  /** All files, every file after those that it imports. */
  readonly set: FileDescriptorSet;
  readonly registry: FileRegistry;
  readonly names: DescriptorNames;
}

/** What a full name can be the name of. */
export type DefinitionKind = 'message' | 'enum' | 'service' | 'method' | 'extension' | 'member';

/** The definitions of a set of files by their full names. */
export interface DescriptorNames {
  /** All of them; members are fields, oneofs and values of enums. */
  readonly all: ReadonlyMap<string, Defined<object> & { readonly kind: DefinitionKind }>;
  readonly messages: ReadonlyMap<string, Defined<DescriptorProto>>;
  readonly enums: ReadonlyMap<string, Defined<EnumDescriptorProto>>;
  readonly services: ReadonlyMap<string, Defined<ServiceDescriptorProto>>;
  readonly methods: ReadonlyMap<string, Defined<MethodDescriptorProto>>;
}

/** Told of a definition whose name is taken. */
export type ReportTaken = (
  name: string,
  proto: object,
  file: FileDescriptorProto,
  other: FileDescriptorProto,
) => void;

/** Indexes the definitions of `files`. A full name belongs to one definition of any kind. */
export function indexDescriptors(files: readonly FileDescriptorProto[], taken: ReportTaken): DescriptorNames {
  const all = new Map<string, Defined<object> & { readonly kind: DefinitionKind }>();
  for (const file of files) {
    const claim = (
      kind: DefinitionKind,
      scope: string,
      proto: object & { readonly name: string },
    ): string => {
      const name = join(scope, proto.name);
      const other = all.get(name);
      if (other === undefined) all.set(name, { kind, name, proto, file });
      else taken(name, proto, file, other.file);
      return name;
    };
    const addEnum = (scope: string, proto: EnumDescriptorProto): void => {
      claim('enum', scope, proto);
      // As in C++, values stand beside their enum.
      for (const value of proto.value) claim('member', scope, value);
    };
    const addMessage = (scope: string, proto: DescriptorProto): void => {
      const name = claim('message', scope, proto);
      for (const member of [...proto.field, ...proto.oneofDecl]) claim('member', name, member);
      for (const extension of proto.extension) claim('extension', name, extension);
      for (const nested of proto.nestedType) addMessage(name, nested);
      for (const nested of proto.enumType) addEnum(name, nested);
    };
    for (const proto of file.messageType) addMessage(file.package, proto);
    for (const proto of file.enumType) addEnum(file.package, proto);
    for (const proto of file.extension) claim('extension', file.package, proto);
    for (const proto of file.service) {
      const name = claim('service', file.package, proto);
      for (const method of proto.method) claim('method', name, method);
    }
  }
  return {
    all,
    messages: ofKind(all, 'message', DescriptorProtoSchema),
    enums: ofKind(all, 'enum', EnumDescriptorProtoSchema),
    services: ofKind(all, 'service', ServiceDescriptorProtoSchema),
    methods: ofKind(all, 'method', MethodDescriptorProtoSchema),
  };
}

function ofKind<Desc extends DescMessage>(
  all: DescriptorNames['all'],
  kind: DefinitionKind,
  schema: Desc,
): Map<string, Defined<MessageShape<Desc>>> {
  const found = new Map<string, Defined<MessageShape<Desc>>>();
  for (const [key, { name, proto, file, kind: actual }] of all)
    if (actual === kind && isMessage(proto, schema)) found.set(key, { name, proto, file });
  return found;
}

/** Full name of something in a scope; the scope of a file without a package is ''. */
export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
