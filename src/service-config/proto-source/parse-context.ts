import type { Origins } from '../model/origins.ts';
import { baseName } from '../source/base-name.ts';
import { SourceProblem } from '../source/source-problem.ts';
import type { SourcePlace } from '../source/source-node.ts';
import type { SourceText } from '../source/source-text.ts';
import type { ImportStatement, OptionStatement, TypeReference } from './proto-file.ts';
import { TokenStream } from './token-stream.ts';

/** Messages inside one another; protoc's bound. */
export const maxMessageDepth = 32;

/** Definitions and options of one file: what bounds the memory that a hostile one can take. */
export const maxDefinitions = 100_000;

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
  #definitions = 0;

  constructor(source: SourceText, origins: Origins) {
    this.source = source;
    this.tokens = new TokenStream(source);
    this.#origins = origins;
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
    this.#definitions += 1;
    if (this.#definitions > maxDefinitions)
      throw new SourceProblem(`The file has more than ${maxDefinitions} definitions.`, offset);
    return this.#origins.set(proto, { place: this.place(offset), location: baseName(this.source.path) });
  }
}
