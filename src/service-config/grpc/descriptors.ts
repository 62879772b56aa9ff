import type { FileRegistry } from '@bufbuild/protobuf';
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

/** The definitions of a set of files by their full names. */
export interface DescriptorNames {
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
  const names = {
    messages: new Map<string, Defined<DescriptorProto>>(),
    enums: new Map<string, Defined<EnumDescriptorProto>>(),
    services: new Map<string, Defined<ServiceDescriptorProto>>(),
    methods: new Map<string, Defined<MethodDescriptorProto>>(),
  };
  const owners = new Map<string, FileDescriptorProto>();
  for (const file of files) {
    const claim = <T extends object>(
      target: Map<string, Defined<T>> | undefined,
      name: string,
      proto: T,
    ): void => {
      const other = owners.get(name);
      if (other !== undefined) return taken(name, proto, file, other);
      owners.set(name, file);
      target?.set(name, { name, proto, file });
    };
    const addEnum = (scope: string, proto: EnumDescriptorProto): void => {
      claim(names.enums, join(scope, proto.name), proto);
      // As in C++, values stand beside their enum.
      for (const value of proto.value) claim(undefined, join(scope, value.name), value);
    };
    const addMessage = (scope: string, proto: DescriptorProto): void => {
      const name = join(scope, proto.name);
      claim(names.messages, name, proto);
      for (const member of [...proto.field, ...proto.oneofDecl, ...proto.extension])
        claim(undefined, join(name, member.name), member);
      for (const nested of proto.nestedType) addMessage(name, nested);
      for (const nested of proto.enumType) addEnum(name, nested);
    };
    for (const proto of file.messageType) addMessage(file.package, proto);
    for (const proto of file.enumType) addEnum(file.package, proto);
    for (const proto of file.extension) claim(undefined, join(file.package, proto.name), proto);
    for (const proto of file.service) {
      const name = join(file.package, proto.name);
      claim(names.services, name, proto);
      for (const method of proto.method) claim(names.methods, join(name, method.name), method);
    }
  }
  return names;
}

/** Full name of something in a scope; the scope of a file without a package is ''. */
export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
