import { create } from '@bufbuild/protobuf';
import {
  Field_Cardinality,
  FieldSchema,
  SourceContextSchema,
  Syntax,
  TypeSchema,
} from '@bufbuild/protobuf/wkt';
import type { Enum, Field, Type } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import type { ApiModel } from '../model/api-model.ts';
import { toFieldName } from '../model/naming.ts';
import type { SourceNode } from '../source/source-node.ts';
import { ApiTypes } from './api-types.ts';
import { messageUse, typeUrlPrefix } from './type-use.ts';
import type { TypeUse } from './type-use.ts';
import { wellKnownEnums, wellKnownTypes } from './well-known-types.ts';

/** A field before its type is complete. */
export interface FieldDraft {
  readonly jsonName: string;
  readonly use: TypeUse;
}

const wellKnownPrefix = 'google.protobuf.';

/** The types of one service. Only what a method reaches is described; names are unique across documents. */
export class TypeRegistry {
  readonly #context: CompileContext;
  readonly #types = new Map<string, Type>();
  readonly #nextSuffix = new Map<string, number>();
  readonly #definitions = new Map<SourceNode, TypeUse>();
  readonly #wellKnown = new Set<string>();

  constructor(context: CompileContext) {
    this.#context = context;
  }

  /** View for the schemas of one document. */
  for(model: ApiModel): ApiTypes {
    return new ApiTypes(model, this, this.#context);
  }

  /** Types of definitions by their nodes, shared by all documents that refer to them. */
  get definitions(): Map<SourceNode, TypeUse> {
    return this.#definitions;
  }

  /** Takes a free name like `wanted` for a message; its fields follow with {@link complete}. */
  reserve(wanted: string): TypeUse {
    const name = this.#freeName(wanted);
    this.#types.set(
      name,
      create(TypeSchema, { name, sourceContext: create(SourceContextSchema), syntax: Syntax.PROTO3 }),
    );
    return messageUse(name);
  }

  /** Gives a reserved message its fields, numbered in order. */
  complete(use: TypeUse, drafts: readonly FieldDraft[]): void {
    const type = this.#types.get(use.typeUrl.slice(typeUrlPrefix.length));
    const taken = new Set<string>();
    if (type !== undefined) type.fields = drafts.map((draft, at) => toField(draft, at + 1, taken));
  }

  /** All types sorted by name, the well-known ones that they or the methods use behind them. */
  types(): Type[] {
    const own = [...this.#types.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return [...own, ...wellKnownTypes(this.#wellKnown)];
  }

  enums(): Enum[] {
    return wellKnownEnums(wellKnownTypes(this.#wellKnown));
  }

  /** Notes that a field or method refers to a type. */
  touch(use: TypeUse): TypeUse {
    const name = use.typeUrl.slice(typeUrlPrefix.length);
    if (name.startsWith(wellKnownPrefix)) this.#wellKnown.add(name);
    return use;
  }

  #freeName(wanted: string): string {
    if (!this.#types.has(wanted)) return wanted;
    for (let suffix = this.#nextSuffix.get(wanted) ?? 1; ; suffix++) {
      const name = `${wanted}${suffix}`;
      if (this.#types.has(name)) continue;
      this.#nextSuffix.set(wanted, suffix + 1);
      return name;
    }
  }
}

/** Two parameters may have one name, such as a path and a query parameter; their fields may not. */
function toField({ jsonName, use }: FieldDraft, number: number, taken: Set<string>): Field {
  const base = toFieldName(jsonName);
  const name = taken.has(base) ? `${base}_${number}` : base;
  taken.add(name);
  return create(FieldSchema, {
    kind: use.kind,
    cardinality: use.shape === 'single' ? Field_Cardinality.OPTIONAL : Field_Cardinality.REPEATED,
    number,
    name,
    jsonName,
    typeUrl: use.typeUrl,
  });
}
