import type { Field, Type } from '@bufbuild/protobuf/wkt';

import type { Service } from '../../../gen/google/api/service_pb.ts';

const typeUrlPrefix = 'type.googleapis.com/';

/** Name of the type that a `type_url` stands for. */
export function typeName(typeUrl: string): string {
  return typeUrl.slice(typeUrlPrefix.length);
}

/** The types that a config describes, by name. */
export function typesByName(service: Service): ReadonlyMap<string, Type> {
  return new Map(service.types.map((type) => [type.name, type]));
}

const fieldMaps = new WeakMap<Type, ReadonlyMap<string, Field>>();

/** Field of a type; looked up in a map, since a request can have thousands and a template as many variables. */
export function fieldNamed(type: Type, name: string): Field | undefined {
  const fields = fieldMaps.get(type) ?? new Map(type.fields.map((field) => [field.name, field]));
  fieldMaps.set(type, fields);
  return fields.get(name);
}

/** Whether a type was written in a .proto file; those of OpenAPI are made from parameters and schemas. */
export function isOfProto(type: Type): boolean {
  return type.sourceContext?.fileName.endsWith('.proto') === true;
}
