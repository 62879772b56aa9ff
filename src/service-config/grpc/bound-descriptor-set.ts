import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** Definitions, options and other values of their own in the descriptor sets of one service. */
export const maxDescriptorValues = 500_000;

/** Messages inside one another, as protobuf's decoder has it. */
const maxDepth = 100;

/**
 * Counts what decoding a file of a descriptor set would make objects of, up to a bit past {@link maxDescriptorValues}: an empty
 * message takes two bytes on the wire and hundreds in memory. Comments and positions do not count, for they are cut off by
 * {@link withoutSourceInfo}. Throws for bytes that are no message, as the decoder does.
 */
export function countDescriptorValues(bytes: Uint8Array): number {
  const counter = { values: 0 };
  countMessage(FileDescriptorProtoSchema, bytes, counter, 1);
  return counter.values;
}

function countMessage(
  desc: DescMessage,
  bytes: Uint8Array,
  counter: { values: number },
  depth: number,
): void {
  if (depth > maxDepth) throw new Error(`messages are nested more than ${maxDepth} deep`);
  const fields = fieldsOf(desc);
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len && counter.values <= maxDescriptorValues) {
    const [number, wireType] = reader.tag();
    const field = fields.get(number);
    if (field === undefined || field.fieldKind === 'list' || field.message !== undefined) counter.values += 1;
    if (field?.message === undefined || wireType !== WireType.LengthDelimited) reader.skip(wireType, number);
    else countMessage(field.message, reader.bytes(), counter, depth + 1);
  }
}

const fieldMaps = new WeakMap<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsOf(desc: DescMessage): ReadonlyMap<number, DescField> {
  const known = fieldMaps.get(desc) ?? new Map(desc.fields.map((field) => [field.number, field]));
  fieldMaps.set(desc, known);
  return known;
}

const setFileNumber = FileDescriptorSetSchema.field.file.number;
const sourceInfoNumber = FileDescriptorProtoSchema.field.sourceCodeInfo.number;

/** The files of a descriptor set, encoded, without their comments and positions, which are most of the bytes. */
export function withoutSourceInfo(set: Uint8Array): Uint8Array[] {
  return recordsOf(set, (number) => number === setFileNumber).map((record) => {
    const reader = new BinaryReader(record);
    reader.tag();
    return Buffer.concat(recordsOf(reader.bytes(), (number) => number !== sourceInfoNumber));
  });
}

/** The records of a message, each with its tag. */
function recordsOf(bytes: Uint8Array, isWanted: (number: number) => boolean): Uint8Array[] {
  const reader = new BinaryReader(bytes);
  const records: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const start = reader.pos;
    const [number, wireType] = reader.tag();
    reader.skip(wireType, number);
    if (isWanted(number)) records.push(bytes.subarray(start, reader.pos));
  }
  return records;
}
