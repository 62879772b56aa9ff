import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Field_Cardinality, Field_Kind } from '@bufbuild/protobuf/wkt';

import { wellKnownEnums, wellKnownTypes } from './well-known-types.ts';

describe('wellKnownTypes', () => {
  test('describes a type together with all that it contains', () => {
    assert.deepEqual(
      wellKnownTypes(['google.protobuf.Value']).map(({ name }) => name),
      [
        'google.protobuf.ListValue',
        'google.protobuf.Struct',
        'google.protobuf.Struct.FieldsEntry',
        'google.protobuf.Value',
      ],
    );
  });

  test('describes Empty without fields', () => {
    const [empty] = wellKnownTypes(['google.protobuf.Empty']);
    assert.equal(empty?.fields.length, 0);
    assert.equal(empty?.sourceContext?.fileName, 'empty.proto');
  });

  test('makes the fields of a Struct a repeated entry of key and value', () => {
    const types = wellKnownTypes(['google.protobuf.Struct']);
    const struct = types.find(({ name }) => name === 'google.protobuf.Struct');
    const entry = types.find(({ name }) => name === 'google.protobuf.Struct.FieldsEntry');
    assert.equal(struct?.fields[0]?.cardinality, Field_Cardinality.REPEATED);
    assert.equal(struct?.fields[0]?.typeUrl, 'type.googleapis.com/google.protobuf.Struct.FieldsEntry');
    assert.deepEqual(
      entry?.fields.map(({ name, kind, typeUrl }) => [name, kind, typeUrl]),
      [
        ['key', Field_Kind.TYPE_STRING, ''],
        ['value', Field_Kind.TYPE_MESSAGE, 'type.googleapis.com/google.protobuf.Value'],
      ],
    );
  });

  test('puts the kinds of a Value into one oneof', () => {
    const value = wellKnownTypes(['google.protobuf.Value']).at(-1);
    assert.deepEqual(value?.oneofs, ['kind']);
    assert.deepEqual(
      value?.fields.map(({ name, kind, oneofIndex }) => [name, kind, oneofIndex]),
      [
        ['null_value', Field_Kind.TYPE_ENUM, 1],
        ['number_value', Field_Kind.TYPE_DOUBLE, 1],
        ['string_value', Field_Kind.TYPE_STRING, 1],
        ['bool_value', Field_Kind.TYPE_BOOL, 1],
        ['struct_value', Field_Kind.TYPE_MESSAGE, 1],
        ['list_value', Field_Kind.TYPE_MESSAGE, 1],
      ],
    );
  });
});

describe('wellKnownEnums', () => {
  test('describes NullValue when there is a Value', () => {
    const enums = wellKnownEnums(wellKnownTypes(['google.protobuf.Value']));
    assert.deepEqual(
      enums.map(({ name }) => name),
      ['google.protobuf.NullValue'],
    );
  });

  test('describes nothing without one', () => {
    assert.deepEqual(wellKnownEnums(wellKnownTypes(['google.protobuf.Empty'])), []);
  });
});
