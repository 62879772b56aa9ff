import type { CompileContext } from '../context.ts';
import type { ApiModel, OperationModel } from '../model/api-model.ts';
import { toMessageName } from '../model/naming.ts';
import { baseName } from '../source/base-name.ts';
import { referenceOf } from '../source/source-set.ts';
import { child, stringOf } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import { schemaType } from './schema-type.ts';
import type { FieldDraft, TypeRegistry } from './type-registry.ts';
import { emptyUse, listUse, primitiveKind, stringUse, structUse, valueUse, wrapperUse } from './type-use.ts';
import type { TypeUse } from './type-use.ts';

/** Definitions of arrays that contain one another before it is taken for a circle. */
const maxDefinitionDepth = 100;

/** Turns the schemas of one document into types. JSON that no message can describe becomes `Value` or `Struct`. */
export class ApiTypes {
  readonly #model: ApiModel;
  readonly #registry: TypeRegistry;
  readonly #context: CompileContext;
  /** Definitions under way that have no name of their own yet: meeting one again is a circle. */
  readonly #open = new Set<SourceNode>();
  /** Messages whose fields are still to be made; a list instead of recursion, since definitions chain without bound. */
  readonly #pending: Array<() => void> = [];

  constructor(model: ApiModel, registry: TypeRegistry, context: CompileContext) {
    this.#model = model;
    this.#registry = registry;
    this.#context = context;
  }

  /** `<Method>Request` with a field for every parameter; Empty when there are none. */
  requestTypeUrl(operation: OperationModel): string {
    if (operation.parameters.length === 0) return this.#registry.touch(emptyUse).typeUrl;
    const name = `${operation.methodName}Request`;
    const use = this.#registry.reserve(name);
    const drafts = operation.parameters.map((parameter): FieldDraft => {
      const isBody = parameter.in === 'body';
      const type = isBody
        ? this.#definition(parameter.schema, `${name}Body`)
        : this.#schema(parameter.schema);
      return { jsonName: parameter.name, use: this.#registry.touch(type) };
    });
    this.#registry.complete(use, drafts);
    this.#drain();
    return use.typeUrl;
  }

  responseTypeUrl(operation: OperationModel): string {
    const use = this.#registry.touch(this.#response(operation));
    this.#drain();
    return use.typeUrl;
  }

  #response({ response }: OperationModel): TypeUse {
    switch (response.kind) {
      case 'empty':
        return emptyUse;
      case 'value':
        return valueUse;
      case 'schema': {
        const use = this.#schema(response.schema);
        if (use.shape === 'list') return listUse;
        if (use.shape === 'map') return structUse;
        return use.typeUrl === '' ? valueUse : use;
      }
      default:
        return response satisfies never;
    }
  }

  #drain(): void {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) next();
  }

  /** Type of a schema where it is used: a reference, a primitive, an array, or JSON without a name. */
  #schema(schema: SourceNode | undefined): TypeUse {
    if (schema === undefined) return valueUse;
    if (referenceOf(schema) !== undefined) return this.#reference(schema);
    const type = schemaType(schema);
    const primitive = type === undefined ? undefined : primitiveKind(type, stringOf(child(schema, 'format')));
    if (primitive !== undefined) return { kind: primitive, typeUrl: '', shape: 'single' };
    if (type === 'array') return this.#array(schema);
    if (type !== 'object' && child(schema, 'properties') === undefined) return valueUse;
    const values = mapValues(schema);
    return values === undefined ? structUse : this.#map(values);
  }

  /** Type of a schema that may become a message of its own: an entry of the definitions, or a body. */
  #definition(schema: SourceNode | undefined, name: string): TypeUse {
    if (schema?.kind !== 'mapping') return valueUse;
    if (referenceOf(schema) !== undefined) return this.#reference(schema);
    const known = this.#registry.definitions.get(schema);
    if (known !== undefined) return known;
    if (this.#open.has(schema) || this.#open.size > maxDefinitionDepth)
      return this.#reportCircle(schema, name);
    this.#open.add(schema);
    const use = this.#describe(schema, name);
    this.#open.delete(schema);
    this.#registry.definitions.set(schema, use);
    return use;
  }

  #describe(schema: MappingNode, name: string): TypeUse {
    const properties = child(schema, 'properties');
    const type = schemaType(schema) ?? (saysWhatItIs(schema) ? undefined : 'object');
    if (['allOf', 'oneOf', 'anyOf', 'not'].some((key) => schema.entries.has(key))) return valueUse;
    if (type === 'array') return this.#array(schema);
    const primitive = type === undefined ? undefined : primitiveKind(type, stringOf(child(schema, 'format')));
    if (primitive !== undefined) return wrapperUse(primitive);
    if (type !== 'object') return valueUse;
    const values = mapValues(schema);
    if (values !== undefined) return properties === undefined ? this.#map(values) : structUse;
    return this.#message(properties, name);
  }

  #message(properties: SourceNode | undefined, name: string): TypeUse {
    const use = this.#registry.reserve(toMessageName(name));
    const entries = properties?.kind === 'mapping' ? [...properties.entries] : [];
    this.#pending.push(() => {
      const drafts = entries.map(([jsonName, { value }]) => ({
        jsonName,
        use: this.#registry.touch(this.#schema(value)),
      }));
      this.#registry.complete(use, drafts);
    });
    return use;
  }

  #array(schema: SourceNode): TypeUse {
    const items = this.#schema(child(schema, 'items'));
    if (items === valueUse && child(schema, 'items') === undefined) return listUse;
    return items.shape === 'single' ? { ...items, shape: 'list' } : { ...listUse, shape: 'list' };
  }

  #map(values: SourceNode): TypeUse {
    const value = this.#schema(values);
    const single = value.shape === 'single' ? value : value.shape === 'list' ? listUse : structUse;
    const use = this.#registry.reserve('MapEntry');
    this.#registry.complete(use, [
      { jsonName: 'key', use: stringUse },
      { jsonName: 'value', use: this.#registry.touch(single) },
    ]);
    return { ...use, shape: 'map' };
  }

  #reference(schema: SourceNode): TypeUse {
    const reference = referenceOf(schema) as string;
    if (!this.#isDefinitionPath(schema, reference)) return valueUse;
    const resolved = this.#context.sources.resolve(reference, schema.source);
    switch (resolved.kind) {
      case 'resolved':
        return this.#definition(resolved.node, resolved.name);
      case 'missing':
        this.#reportMissing(schema, reference);
        return valueUse;
      case 'outside':
        this.#report('reference-outside', schema, `Reference ${reference} leaves the submitted files.`);
        return valueUse;
      case 'circular':
        return this.#reportCircle(schema, reference.slice(reference.lastIndexOf('/') + 1));
      default:
        return resolved satisfies never;
    }
  }

  /** In a top-level document, references within it go to its definitions. */
  #isDefinitionPath(schema: SourceNode, reference: string): boolean {
    const prefix = this.#model.definitionsPrefix;
    const isOwn = schema.source === this.#model.root.source && reference.startsWith('#');
    if (!isOwn || reference.startsWith(prefix)) return true;
    const message = `Type definition reference path '${reference}' must begin with '${prefix}'`;
    const hint = `Move the schema to ${prefix.slice(2, -1)} and refer to it there.`;
    this.#report('type-reference-path', schema, message, hint);
    return false;
  }

  #reportMissing(schema: SourceNode, reference: string): void {
    if (
      schema.source === this.#model.root.source &&
      reference.startsWith('#') &&
      !this.#model.hasDefinitions
    ) {
      const message = `Reference path ${reference} found, but no Definitions section in OpenApi File.`;
      this.#report('definitions-missing', schema, message);
      return;
    }
    this.#context.diagnostics.warning({
      rule: 'reference-missing',
      location: baseName(schema.source.path),
      message: `Reference ${reference} cannot be resolved`,
      at: schema,
    });
  }

  #reportCircle(schema: SourceNode, name: string): TypeUse {
    this.#report('circular-reference', schema, `Invalid circular reference detected for type '${name}'`);
    return valueUse;
  }

  #report(rule: string, at: SourceNode, message: string, hint?: string): void {
    this.#context.diagnostics.error({ rule, location: baseName(at.source.path), message, hint, at });
  }
}

/** Whether a schema without one type is described by something else; with neither it is an object. */
function saysWhatItIs(schema: MappingNode): boolean {
  return ['type', 'const', 'enum'].some((key) => schema.entries.has(key));
}

/** Schema of the values of an object with free keys; undefined when it has none. `true` allows anything. */
function mapValues(schema: SourceNode): SourceNode | undefined {
  const values = child(schema, 'additionalProperties');
  if (values?.kind === 'scalar') return values.value === true ? values : undefined;
  return values;
}
