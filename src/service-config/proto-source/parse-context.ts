import type { Origins } from '../model/origins.ts';
import { baseName } from '../source/base-name.ts';
import { SourceProblem } from '../source/source-problem.ts';
import type { SourcePlace } from '../source/source-node.ts';
import type { SourceText } from '../source/source-text.ts';
import type { ImportStatement, OptionStatement, TypeReference } from './proto-file.ts';
import { TokenStream } from './token-stream.ts';

/** Messages inside one another; protoc's bound. */
export const maxMessageDepth = 32;

/** Definitions and options of all files of a service: what bounds the memory that hostile ones can take. */
export const maxDefinitions = 300_000;

/** What all files of a service have used up of {@link maxDefinitions}. */
export interface DefinitionBudget {
  definitions: number;
}

/** Length of the names of nested messages and of packages; looking a name up costs in the length of its scope. */
const maxScopeLength = 512;

/** Largest field number, descriptor.h's kMaxNumber. */
export const maxFieldNumber = 536_870_911;

/** What the functions that parse one file share. */
export class ParseContext {
  readonly tokens: TokenStream;
  readonly source: SourceText;
  readonly imports: ImportStatement[] = [];
  readonly references: TypeReference[] = [];
  readonly options: OptionStatement[] = [];
  isProto3 = false;
  readonly #origins: Origins;
  readonly #budget: DefinitionBudget;

  constructor(source: SourceText, origins: Origins, budget: DefinitionBudget) {
    this.source = source;
    this.tokens = new TokenStream(source);
    this.#origins = origins;
    this.#budget = budget;
  }

  place(offset: number): SourcePlace {
    return { source: this.source, offset };
  }

  /** The scope inside `name` of `scope`. */
  enter(scope: string, name: string, offset: number): string {
    const inner = scope === '' ? name : `${scope}.${name}`;
    if (inner.length > maxScopeLength)
      throw new SourceProblem(`The name has more than ${maxScopeLength} characters.`, offset);
    return inner;
  }

  /** Notes where a definition stands, for findings about it, and counts it. */
  define<T extends object>(proto: T, offset: number): T {
    this.#budget.definitions += 1;
    if (this.#budget.definitions > maxDefinitions)
      throw new SourceProblem(`The files have more than ${maxDefinitions} definitions.`, offset);
    return this.#origins.set(proto, { place: this.place(offset), location: baseName(this.source.path) });
  }
}
