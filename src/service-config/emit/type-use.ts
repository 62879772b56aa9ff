import { Field_Kind } from '@bufbuild/protobuf/wkt';

/** How a field or a method refers to a type. */
export interface TypeUse {
  readonly kind: Field_Kind;
  /** '' for primitive kinds. */
  readonly typeUrl: string;
  readonly shape: 'single' | 'list' | 'map';
}

/** What every type url starts with. */
export const typeUrlPrefix = 'type.googleapis.com/';

/** Use of a message by its full name. */
export function messageUse(name: string): TypeUse {
  return { kind: Field_Kind.TYPE_MESSAGE, typeUrl: typeUrlPrefix + name, shape: 'single' };
}

export const stringUse: TypeUse = { kind: Field_Kind.TYPE_STRING, typeUrl: '', shape: 'single' };
export const emptyUse: TypeUse = messageUse('google.protobuf.Empty');
export const valueUse: TypeUse = messageUse('google.protobuf.Value');
export const structUse: TypeUse = messageUse('google.protobuf.Struct');
export const listUse: TypeUse = messageUse('google.protobuf.ListValue');

/** Kind of a primitive JSON type with its format; undefined for what is no primitive. */
export function primitiveKind(type: string, format: string | undefined): Field_Kind | undefined {
  switch (type) {
    case 'boolean':
      return Field_Kind.TYPE_BOOL;
    case 'integer':
      if (format === 'int64') return Field_Kind.TYPE_INT64;
      if (format === 'uint32') return Field_Kind.TYPE_UINT32;
      return format === 'uint64' ? Field_Kind.TYPE_UINT64 : Field_Kind.TYPE_INT32;
    case 'number':
      return format === 'float' ? Field_Kind.TYPE_FLOAT : Field_Kind.TYPE_DOUBLE;
    case 'string':
      if (format === 'int64') return Field_Kind.TYPE_INT64;
      if (format === 'uint64') return Field_Kind.TYPE_UINT64;
      return format === 'byte' ? Field_Kind.TYPE_BYTES : Field_Kind.TYPE_STRING;
    default:
      return undefined;
  }
}

const wrappers: ReadonlyMap<Field_Kind, string> = new Map([
  [Field_Kind.TYPE_BOOL, 'BoolValue'],
  [Field_Kind.TYPE_INT32, 'Int32Value'],
  [Field_Kind.TYPE_INT64, 'Int64Value'],
  [Field_Kind.TYPE_UINT32, 'UInt32Value'],
  [Field_Kind.TYPE_UINT64, 'UInt64Value'],
  [Field_Kind.TYPE_FLOAT, 'FloatValue'],
  [Field_Kind.TYPE_DOUBLE, 'DoubleValue'],
  [Field_Kind.TYPE_STRING, 'StringValue'],
  [Field_Kind.TYPE_BYTES, 'BytesValue'],
]);

/** Message that holds one primitive: what a definition of a primitive type becomes. */
export function wrapperUse(kind: Field_Kind): TypeUse {
  const wrapper = wrappers.get(kind);
  return wrapper === undefined ? valueUse : messageUse(`google.protobuf.${wrapper}`);
}
