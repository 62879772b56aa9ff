import { create, ScalarType } from '@bufbuild/protobuf';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';
import { AnySchema, anyPack, BoolValueSchema } from '@bufbuild/protobuf/wkt';
import type { Any } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { ServiceSchema } from '../../../gen/google/api/service_pb.ts';
import type { Service } from '../../../gen/google/api/service_pb.ts';

/** Messages within messages; types of a config contain themselves. */
const maxDepth = 5;

/** Draws one value of an arbitrary within a run. */
type Draw = fc.GeneratorValue;

/** Any config that the contract allows, sensible or not: made from the descriptor, so that no field is forgotten. */
export const arbitraryService: fc.Arbitrary<Service> = fc
  .gen()
  .map((draw) => fill(draw, ServiceSchema, 0).message as Service);

const text = (): fc.Arbitrary<string> => fc.constantFrom('', 'a', 'b', 'a.b', 'a,b', 'x"]', 'é\u0000');

function fill(draw: Draw, desc: DescMessage, depth: number): ReflectMessage {
  const message = reflect(desc, create(desc));
  for (const field of desc.fields)
    if (draw(fc.boolean) && (field.message === undefined || depth < maxDepth))
      setField(draw, message, field, depth);
  return message;
}

function setField(draw: Draw, message: ReflectMessage, field: DescField, depth: number): void {
  const count = (): number => draw(fc.nat, { max: 3 });
  switch (field.fieldKind) {
    case 'list': {
      const list = message.get(field);
      for (let left = count(); left > 0; left--) list.add(element(draw, field, depth));
      return;
    }
    case 'map': {
      const map = message.get(field);
      for (let left = count(); left > 0; left--) map.set(draw(text), element(draw, field, depth));
      return;
    }
    case 'scalar':
    case 'enum':
    case 'message':
      if (field.oneof === undefined || message.oneofCase(field.oneof) === undefined)
        message.set(field, element(draw, field, depth));
      return;
    default:
      field satisfies never;
  }
}

function element(draw: Draw, field: DescField, depth: number): unknown {
  if (field.message?.typeName === AnySchema.typeName) return reflect(AnySchema, anyOf(draw));
  if (field.message !== undefined) return fill(draw, field.message, depth + 1);
  if (field.enum !== undefined)
    return draw(fc.constantFrom, ...field.enum.values.map(({ number }) => number));
  switch (field.scalar) {
    case ScalarType.STRING:
      return draw(text);
    case ScalarType.BOOL:
      return draw(fc.boolean);
    case ScalarType.INT64:
      return draw(fc.constantFrom, -1n, 0n, 1n, 9_007_199_254_740_993n);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return draw(fc.constantFrom, 0, 1.5, Number.NaN, Number.POSITIVE_INFINITY);
    case ScalarType.INT32:
    case ScalarType.UINT32:
      return draw(fc.nat, { max: 5 });
    case ScalarType.BYTES:
      return draw(fc.uint8Array, { maxLength: 3 });
    default:
      throw new TypeError(`google.api.Service has a field of a new kind: ${field.toString()}`);
  }
}

/** A known type, or one that nobody knows. */
function anyOf(draw: Draw): Any {
  if (draw(fc.boolean)) return anyPack(BoolValueSchema, create(BoolValueSchema, { value: draw(fc.boolean) }));
  return create(AnySchema, { typeUrl: 'type.googleapis.com/a.b.Unknown', value: new Uint8Array([1, 2]) });
}
