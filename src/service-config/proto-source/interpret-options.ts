import { create, isMessage, setExtension } from '@bufbuild/protobuf';
import type { DescExtension, DescField, DescMessage, FileRegistry, Message } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectMessage } from '@bufbuild/protobuf/reflect';

import type { CompileContext } from '../context.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { baseName } from '../source/base-name.ts';
import { SourceProblem } from '../source/source-problem.ts';
import { describeMissing, scopeIn } from './link-protos.ts';
import type { NameScopes } from './name-scopes.ts';
import { toElement } from './option-element.ts';
import type {
  AggregateEntry,
  OptionNamePart,
  OptionStatement,
  OptionValue,
  ProtoFile,
} from './proto-file.ts';

/** Options that the compiler sets itself, that it gives no effect to, or that belong to editions. */
const refused: ReadonlySet<string> = new Set([
  'map_entry',
  'uninterpreted_option',
  'message_set_wire_format',
  'features',
]);

/** Whether a statement is about nothing but options of descriptor.proto, which needs no other file. */
export function isBuiltIn({ name, value }: OptionStatement): boolean {
  return name.every(({ isExtension }) => !isExtension) && value.kind !== 'aggregate';
}

/** Sets the options of a file, by the descriptors of `registry` where they are extensions. What does not fit is reported. */
export function interpretOptions(
  file: ProtoFile,
  statements: readonly OptionStatement[],
  { registry, scopes, context }: OptionTools,
): void {
  const writers = new Map<object, OptionWriter>();
  for (const statement of statements) {
    try {
      const scope = scopeIn(file, statement.scope);
      const findExtension = (name: string, extendee: DescMessage, offset: number): DescExtension =>
        extensionNamed(name, extendee, { registry, scopes, scope, offset });
      let writer = writers.get(statement.target);
      if (writer === undefined)
        writers.set(statement.target, (writer = new OptionWriter(optionsOf(statement))));
      writer.write(statement, findExtension);
    } catch (error) {
      if (!(error instanceof SourceProblem)) throw error;
      const at = { source: file.source, offset: error.offset };
      const location = baseName(file.source.path);
      context.diagnostics.error({
        rule: 'proto-option',
        location,
        message: error.message,
        hint: error.hint,
        at,
      });
    }
  }
}

/** What options are interpreted with. */
export interface OptionTools {
  /** Not needed for {@link isBuiltIn} statements. */
  readonly registry: FileRegistry | undefined;
  readonly scopes: NameScopes;
  readonly context: CompileContext;
}

function optionsOf({ target, schema }: OptionStatement): ReflectMessage {
  if (!isMessage(target.options, schema)) target.options = create(schema);
  return reflect(schema, target.options as Message);
}

function extensionNamed(
  name: string,
  extendee: DescMessage,
  {
    registry,
    scopes,
    scope,
    offset,
  }: {
    readonly registry: FileRegistry | undefined;
    readonly scopes: NameScopes;
    readonly scope: string;
    readonly offset: number;
  },
): DescExtension {
  const resolved = scopes.resolve(name, scope, 'all');
  if (resolved.kind !== 'found') {
    const { message, hint } = describeMissing(`(${name})`, resolved);
    throw new SourceProblem(message, offset, hint ?? hintFor(name));
  }
  const extension = registry?.getExtension(resolved.name);
  if (extension === undefined || extension.extendee.typeName !== extendee.typeName)
    throw new SourceProblem(`'${resolved.name}' is no option of '${extendee.typeName}'.`, offset);
  return extension;
}

/** The one that is forgotten most. */
function hintFor(name: string): string | undefined {
  return name === 'google.api.http' ? 'Write import "google/api/annotations.proto";' : undefined;
}

type FindExtension = (name: string, extendee: DescMessage, offset: number) => DescExtension;

/** A message being filled, with the values of its extensions, which are encoded when all is known. */
class OptionWriter {
  readonly #message: ReflectMessage;
  readonly #extensions = new Map<string, ExtensionSlot>();

  constructor(message: ReflectMessage) {
    this.#message = message;
  }

  write({ name, value, place }: OptionStatement, findExtension: FindExtension): void {
    this.#set(name, value, { findExtension, offset: place.offset });
  }

  /** Follows the name into messages and sets its last part. */
  #set(name: readonly OptionNamePart[], value: OptionValue, at: WriteContext): void {
    const [part, ...rest] = name as [OptionNamePart, ...OptionNamePart[]];
    const slot = this.#slot(part, at);
    if (rest.length === 0) slot.add(value, at);
    else slot.enter(at).#set(rest, value, at);
    slot.flush(at);
  }

  /** Sets the fields of a message written in text format. */
  fill(entries: readonly AggregateEntry[], at: WriteContext): void {
    for (const { name, values, offset } of entries) {
      const slot = this.#slot(name, { ...at, offset });
      for (const value of values) slot.add(value, { ...at, offset });
      slot.flush({ ...at, offset });
    }
  }

  #slot(part: OptionNamePart, { findExtension, offset }: WriteContext): Slot {
    const message = this.#message;
    if (part.isExtension) {
      const extension = findExtension(part.text, message.desc, offset);
      const known = this.#extensions.get(extension.typeName);
      const slot = known ?? new ExtensionSlot(message.message, extension);
      this.#extensions.set(extension.typeName, slot);
      return slot;
    }
    const field = fieldsOf(message.desc).get(part.text);
    if (field !== undefined && !(refused.has(field.name) && message.desc.file.name === descriptorFile))
      return new FieldSlot(message, field);
    if (field !== undefined) throw new SourceProblem(`The option '${field.name}' cannot be set.`, offset);
    const nearest = nearestName(
      part.text,
      message.desc.fields.map(({ name }) => name),
    );
    const hint = nearest === undefined ? undefined : `Did you mean '${nearest}'?`;
    throw new SourceProblem(`'${part.text}' is no field of '${message.desc.typeName}'.`, offset, hint);
  }
}

const fieldNames = new WeakMap<DescMessage, ReadonlyMap<string, DescField>>();

function fieldsOf(desc: DescMessage): ReadonlyMap<string, DescField> {
  const known = fieldNames.get(desc) ?? new Map(desc.fields.map((field) => [field.name, field]));
  fieldNames.set(desc, known);
  return known;
}

const descriptorFile = 'google/protobuf/descriptor';

interface WriteContext {
  readonly findExtension: FindExtension;
  readonly offset: number;
}

interface Slot {
  /** Sets the value, or adds one where there may be several. */
  add(value: OptionValue, at: WriteContext): void;
  /** The message in the slot, made if there is none. */
  enter(at: WriteContext): OptionWriter;
  /** Stores what was collected. */
  flush(at: WriteContext): void;
}

class FieldSlot implements Slot {
  readonly #message: ReflectMessage;
  readonly #field: DescField;

  constructor(message: ReflectMessage, field: DescField) {
    this.#message = message;
    this.#field = field;
  }

  add(value: OptionValue, at: WriteContext): void {
    const [message, field] = [this.#message, this.#field];
    switch (field.fieldKind) {
      case 'list':
        message.get(field).add(elementOf(field, value, at));
        return;
      case 'map':
        addToMap(message, field, value, at);
        return;
      case 'scalar':
      case 'enum':
      case 'message': {
        const other = field.oneof === undefined ? undefined : message.oneofCase(field.oneof);
        if (other !== undefined && other !== field)
          throw new SourceProblem(
            `'${field.name}' and '${other.name}' cannot both be set: they are in one oneof.`,
            at.offset,
          );
        if (message.isSet(field)) throw new SourceProblem(`'${field.name}' is already set.`, at.offset);
        message.set(field, elementOf(field, value, at));
        return;
      }
      default:
        field satisfies never;
    }
  }

  enter(at: WriteContext): OptionWriter {
    const field = this.#field;
    if (field.fieldKind !== 'message')
      throw new SourceProblem(`'${field.name}' is no single message and has no fields to set.`, at.offset);
    if (!this.#message.isSet(field)) this.#message.set(field, reflect(field.message));
    return new OptionWriter(this.#message.get(field));
  }

  flush(): void {
    // Fields are stored when they are set.
  }
}

function addToMap(
  message: ReflectMessage,
  field: DescField & { readonly fieldKind: 'map' },
  value: OptionValue,
  at: WriteContext,
): void {
  if (value.kind !== 'aggregate')
    throw new SourceProblem(`An entry of '${field.name}' is written { key: … value: … }.`, value.offset);
  const entry = (name: string): OptionValue | undefined =>
    value.entries.find((candidate) => candidate.name.text === name)?.values[0];
  const [key, item] = [entry('key'), entry('value')];
  if (key === undefined || item === undefined)
    throw new SourceProblem(`An entry of '${field.name}' has a key and a value.`, value.offset);
  const mapKey = toElement({ scalar: field.mapKey, enum: undefined, name: field.name }, key);
  message.get(field).set(mapKey as string, elementOf(field, item, at));
}

class ExtensionSlot implements Slot {
  readonly #owner: Message;
  readonly #extension: DescExtension;
  /** One value, or those of a repeated extension. */
  readonly #values: unknown[] = [];
  #nested: { readonly message: ReflectMessage; readonly writer: OptionWriter } | undefined;

  constructor(owner: Message, extension: DescExtension) {
    this.#owner = owner;
    this.#extension = extension;
  }

  add(value: OptionValue, at: WriteContext): void {
    const isSet = this.#values.length > 0 || this.#nested !== undefined;
    if (isSet && this.#extension.fieldKind !== 'list')
      throw new SourceProblem(`'(${this.#extension.typeName})' is already set.`, at.offset);
    const element = elementOf(this.#extension, value, at);
    this.#values.push(isReflected(element) ? element.message : element);
  }

  enter(at: WriteContext): OptionWriter {
    const extension = this.#extension;
    if (extension.fieldKind !== 'message')
      throw new SourceProblem(
        `'(${extension.typeName})' is no single message and has no fields to set.`,
        at.offset,
      );
    if (this.#values.length > 0)
      throw new SourceProblem(`'(${extension.typeName})' is already set.`, at.offset);
    if (this.#nested === undefined) {
      const message = reflect(extension.message);
      this.#nested = { message, writer: new OptionWriter(message) };
    }
    return this.#nested.writer;
  }

  flush(at: WriteContext): void {
    const value =
      this.#nested?.message.message ??
      (this.#extension.fieldKind === 'list' ? this.#values : this.#values[0]);
    try {
      setExtension(this.#owner, this.#extension, value);
    } catch (error) {
      // Encoding throws plain Errors, such as for a required field that is missing.
      const details = error instanceof Error ? error.message : String(error);
      throw new SourceProblem(`The option cannot be encoded: ${details}`, at.offset);
    }
  }
}

function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === 'object' && value !== null && 'desc' in value && 'message' in value;
}

/** One value of a field: a message is filled, everything else converted. */
function elementOf(field: DescField | DescExtension, value: OptionValue, at: WriteContext): unknown {
  if (field.message === undefined) return toElement(field, value);
  if (value.kind !== 'aggregate')
    throw new SourceProblem(`'${field.name}' is a message: write its fields in braces.`, value.offset);
  const message = reflect(field.message);
  new OptionWriter(message).fill(value.entries, at);
  return message;
}
