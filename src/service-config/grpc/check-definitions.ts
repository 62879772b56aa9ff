import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
} from '@bufbuild/protobuf/wkt';
import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { withoutDot } from './check-descriptors.ts';
import { join } from './descriptors.ts';
import type { DescriptorNames } from './descriptors.ts';
import { toJsonName } from './json-name.ts';
import { RangeIndex } from './range-index.ts';

/** Reports one definition that breaks a rule of the language. */
type Report = (message: string, on: object) => void;

/** Numbers that protobuf keeps for itself, descriptor.h's kFirstReservedNumber. */
const keptNumbers = { first: 19_000, last: 19_999 };

/**
 * Checks what protoc refuses although the grammar allows it: numbers and names that are used twice, reserved or out of
 * range, and what proto3 does not have.
 */
export function checkDefinitions(
  files: readonly FileDescriptorProto[],
  names: DescriptorNames,
  context: CompileContext,
): void {
  const extensions: ExtensionNumbers = { taken: new Map(), ranges: new Map() };
  for (const file of files) {
    const report: Report = (message, on) => {
      const origin = context.origins.of(on);
      const location = origin?.location ?? file.name;
      context.diagnostics.error({ rule: 'proto-definition', location, message, at: origin?.place });
    };
    const checkAll = (scope: string, proto: DescriptorProto): void => {
      const name = join(scope, proto.name);
      checkMessage(name, proto, { file, names, report });
      for (const item of proto.enumType) checkEnum(join(name, item.name), item, file, report);
      for (const field of proto.extension) checkExtension(field, { file, names, report }, extensions);
      for (const nested of proto.nestedType) checkAll(name, nested);
    };
    for (const proto of file.messageType) checkAll(file.package, proto);
    for (const item of file.enumType) checkEnum(join(file.package, item.name), item, file, report);
    for (const field of file.extension) checkExtension(field, { file, names, report }, extensions);
  }
}

interface ExtensionNumbers {
  /** Name of the extension that has a number of a message. */
  readonly taken: Map<string, string>;
  readonly ranges: Map<DescriptorProto, RangeIndex>;
}

interface Checking {
  readonly file: FileDescriptorProto;
  readonly names: DescriptorNames;
  readonly report: Report;
}

function checkMessage(name: string, proto: DescriptorProto, checking: Checking): void {
  const { file, report } = checking;
  const isProto3 = file.syntax === 'proto3';
  const byNumber = new Map<number, string>();
  const reservedNames = new Set(proto.reservedName);
  const checkNumber = numberCheck(name, proto, report);
  for (const field of proto.field) {
    const other = byNumber.get(field.number);
    if (other !== undefined)
      report(`Field number ${field.number} of '${name}' is used by '${other}' and '${field.name}'.`, field);
    byNumber.set(field.number, field.name);
    checkNumber(field);
    if (reservedNames.has(field.name)) report(`The name '${field.name}' is reserved in '${name}'.`, field);
    checkType(name, field, checking);
  }
  if (isProto3 && proto.extensionRange[0] !== undefined)
    report('Extension ranges are not allowed in proto3.', proto.extensionRange[0]);
  if (proto.options?.mapEntry === true) checkMapValue(proto, checking);
  checkRanges(name, proto, report);
  checkJsonNames(name, proto, isProto3, report);
}

function numberCheck(
  name: string,
  { reservedRange, extensionRange }: DescriptorProto,
  report: Report,
): (field: FieldDescriptorProto) => void {
  const reserved = new RangeIndex(reservedRange);
  const extended = new RangeIndex(extensionRange);
  return (field) => {
    const { number } = field;
    if (number < 1 || number > 536_870_911)
      report(`The number ${number} of '${name}.${field.name}' is no field number.`, field);
    if (number >= keptNumbers.first && number <= keptNumbers.last)
      report(
        `Field numbers ${keptNumbers.first} to ${keptNumbers.last} are reserved for protobuf itself.`,
        field,
      );
    if (reserved.has(number))
      report(`The field number ${number} of '${field.name}' is reserved in '${name}'.`, field);
    if (extended.has(number))
      report(`The field number ${number} of '${field.name}' is in an extension range of '${name}'.`, field);
  };
}

/** Of the types that a packed list cannot have. */
const unpackable: ReadonlySet<FieldType> = new Set([
  FieldType.STRING,
  FieldType.BYTES,
  FieldType.MESSAGE,
  FieldType.GROUP,
]);

function checkType(name: string, field: FieldDescriptorProto, { file, names, report }: Checking): void {
  if (field.options?.packed === true && (field.label !== Label.REPEATED || unpackable.has(field.type)))
    report(`'${name}.${field.name}' cannot be packed: only lists of numbers can.`, field);
  if (file.syntax !== 'proto3' || field.type !== FieldType.ENUM) return;
  const used = names.enums.get(withoutDot(field.typeName));
  // An enum of proto2 is closed, which a message of proto3 cannot hold.
  if (used !== undefined && used.file.syntax !== 'proto3' && used.file.syntax !== 'editions')
    report(`The enum '${used.name}' is not of proto3 and cannot be used in a message of proto3.`, field);
}

/** The value of an entry that is not on the wire is the first of its enum. */
function checkMapValue(entry: DescriptorProto, { names, report }: Checking): void {
  const value = entry.field.find(({ name }) => name === 'value');
  const used = value === undefined ? undefined : names.enums.get(withoutDot(value.typeName));
  const first = used?.proto.value[0];
  if (value !== undefined && used !== undefined && first !== undefined && first.number !== 0)
    report(`The enum '${used.name}' is the value of a map: its first value has to be zero.`, value);
}

function checkRanges(name: string, proto: DescriptorProto, report: Report): void {
  const ranges = [...proto.reservedRange, ...proto.extensionRange];
  checkOverlap(
    name,
    ranges.map((range) => ({ start: range.start, end: range.end, on: range })),
    report,
  );
}

function checkOverlap(
  name: string,
  ranges: ReadonlyArray<{ readonly start: number; readonly end: number; readonly on: object }>,
  report: Report,
): void {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  sorted.forEach(({ start, on }, at) => {
    const before = sorted[at - 1];
    if (before !== undefined && start < before.end) report(`Ranges of '${name}' overlap at ${start}.`, on);
  });
}

/** In proto2, names that collide in JSON are allowed. */
function checkJsonNames(name: string, proto: DescriptorProto, isProto3: boolean, report: Report): void {
  if (!isProto3 || proto.options?.deprecatedLegacyJsonFieldConflicts === true) return;
  const taken = new Map<string, string>();
  for (const field of proto.field) {
    const jsonName = field.jsonName === '' ? toJsonName(field.name) : field.jsonName;
    const other = taken.get(jsonName);
    if (other !== undefined)
      report(`The JSON name '${jsonName}' of '${name}' is used by '${other}' and '${field.name}'.`, field);
    taken.set(jsonName, field.name);
  }
}

function checkEnum(
  name: string,
  proto: EnumDescriptorProto,
  file: FileDescriptorProto,
  report: Report,
): void {
  const [first] = proto.value;
  if (file.syntax === 'proto3' && first !== undefined && first.number !== 0)
    report(`The first value of '${name}' has to be zero in proto3.`, first);
  const byNumber = new Map<number, string>();
  const reservedNames = new Set(proto.reservedName);
  // Unlike those of messages, both ends belong to the range.
  const reserved = new RangeIndex(proto.reservedRange.map(({ start, end }) => ({ start, end: end + 1 })));
  for (const value of proto.value) {
    const other = byNumber.get(value.number);
    if (other !== undefined && proto.options?.allowAlias !== true)
      report(
        `The number ${value.number} of '${name}' is used by '${other}' and '${value.name}'; allow_alias is not set.`,
        value,
      );
    byNumber.set(value.number, value.name);
    if (reservedNames.has(value.name)) report(`The name '${value.name}' is reserved in '${name}'.`, value);
    if (reserved.has(value.number))
      report(`The number ${value.number} of '${value.name}' is reserved in '${name}'.`, value);
  }
  if (proto.options?.allowAlias === true && byNumber.size === proto.value.length)
    report(`'${name}' has allow_alias, but no two values with one number.`, proto);
  // Their ends belong to the ranges.
  const exclusive = proto.reservedRange.map((range) => ({
    start: range.start,
    end: range.end + 1,
    on: range,
  }));
  checkOverlap(name, exclusive, report);
}

/** What proto3 may extend: the options of descriptor.proto. */
const optionMessages = /^\.google\.protobuf\.[A-Z][A-Za-z]*Options$/;

function checkExtension(
  field: FieldDescriptorProto,
  { file, names, report }: Checking,
  { taken, ranges }: ExtensionNumbers,
): void {
  const extendee = names.messages.get(withoutDot(field.extendee));
  if (extendee === undefined)
    return report(`'${field.name}' extends '${field.extendee}', which is not defined.`, field);
  if (file.syntax === 'proto3' && !optionMessages.test(field.extendee))
    report('In proto3, only options can be extended.', field);
  const range = ranges.get(extendee.proto) ?? new RangeIndex(extendee.proto.extensionRange);
  ranges.set(extendee.proto, range);
  if (!range.has(field.number)) report(`'${extendee.name}' has no extension number ${field.number}.`, field);
  const key = `${extendee.name} ${field.number}`;
  const other = taken.get(key);
  if (other !== undefined)
    report(
      `Extension number ${field.number} of '${extendee.name}' is used by '${other}' and '${field.name}'.`,
      field,
    );
  taken.set(key, field.name);
}
