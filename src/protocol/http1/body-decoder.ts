import type { HeadLimits, HeadScanner } from './head-scanner.ts';
import { ScanResult } from './head-scanner.ts';
import { hexValue, isValueOctet, Octet, tokenLower } from './octets.ts';
import type { Http1Problem } from './problem.ts';

/** What a step of decoding found. */
export const BodyResult = {
  /** Everything was taken, the body goes on. */
  MORE: 0,
  /** Content at {@link BodyDecoder.dataStart}…{@link BodyDecoder.dataEnd}; look at {@link BodyDecoder.isDone} too. */
  DATA: 1,
  /** The body is over, without content in this step. */
  DONE: 2,
  FAILED: 3,
} as const;

/** Bounds of one chunked body. */
export interface ChunkLimits {
  /** Octets of all chunk extensions together. */
  readonly maxChunkExtensionBytes: number;
  readonly trailers: HeadLimits;
}

const State = {
  DONE: 0,
  LENGTH: 1,
  UNTIL_CLOSE: 2,
  SIZE_FIRST: 3,
  SIZE: 4,
  EXTENSION_NAME_FIRST: 5,
  EXTENSION_NAME: 6,
  EXTENSION_VALUE_FIRST: 7,
  EXTENSION_VALUE: 8,
  EXTENSION_QUOTED: 9,
  EXTENSION_ESCAPE: 10,
  EXTENSION_QUOTED_END: 11,
  SIZE_LF: 12,
  DATA: 13,
  DATA_CR: 14,
  DATA_LF: 15,
  TRAILERS: 16,
} as const;
type State = (typeof State)[keyof typeof State];

/** Digits of a chunk size; leading zeros count. Fourteen would pass what JavaScript counts exactly. */
const maxSizeDigits = 13;

/** Finds the content of one message body, however it is cut into pieces (RFC 9112 §6, §7.1). */
export class BodyDecoder {
  problem: Http1Problem = 'invalid_chunk';
  /** Where the step ended. */
  position = 0;
  dataStart = 0;
  dataEnd = 0;
  /** Octets of content so far. */
  received = 0;

  readonly #scanner: HeadScanner;
  readonly #limits: ChunkLimits;
  #state: State = State.DONE;
  #remaining = 0;
  #sizeDigits = 0;
  #extensionBytes = 0;

  /** @param scanner reads the trailers; nothing else may use it before the body is over */
  constructor(scanner: HeadScanner, limits: ChunkLimits) {
    this.#scanner = scanner;
    this.#limits = limits;
  }

  /** A body of known length. */
  startLength(length: number): void {
    this.received = 0;
    this.#remaining = length;
    this.#state = length === 0 ? State.DONE : State.LENGTH;
  }

  startChunked(): void {
    this.received = 0;
    this.problem = 'invalid_chunk';
    this.#extensionBytes = 0;
    this.#state = State.SIZE_FIRST;
  }

  /** A body that the end of the connection ends, or a tunnel. */
  startUntilClose(): void {
    this.received = 0;
    this.#state = State.UNTIL_CLOSE;
  }

  get isDone(): boolean {
    return this.#state === State.DONE;
  }

  get endsWithConnection(): boolean {
    return this.#state === State.UNTIL_CLOSE;
  }

  /** Octets that are still to come; undefined for a body of unknown length. */
  get knownRemaining(): number | undefined {
    if (this.#state === State.DONE) return 0;
    return this.#state === State.LENGTH ? this.#remaining : undefined;
  }

  /** Decodes from `from` up to the next piece of content; returns a {@link BodyResult}. */
  step(chunk: Buffer, from: number): number {
    if (this.#state === State.LENGTH || this.#state === State.UNTIL_CLOSE) return this.#takeData(chunk, from);
    return this.#stepChunked(chunk, from);
  }

  #takeData(chunk: Buffer, from: number): number {
    const available = chunk.length - from;
    if (available === 0) return BodyResult.MORE;
    const isBounded = this.#state !== State.UNTIL_CLOSE;
    const length = isBounded ? Math.min(available, this.#remaining) : available;
    this.dataStart = from;
    this.dataEnd = from + length;
    this.position = from + length;
    this.received += length;
    if (isBounded) this.#remaining -= length;
    if (isBounded && this.#remaining === 0)
      this.#state = this.#state === State.DATA ? State.DATA_CR : State.DONE;
    return BodyResult.DATA;
  }

  #stepChunked(chunk: Buffer, from: number): number {
    let position = from;
    while (position < chunk.length) {
      const state = this.#state;
      if (state === State.DONE) break;
      if (state === State.DATA) return this.#takeData(chunk, position);
      if (state === State.TRAILERS) return this.#readTrailers(chunk, position);
      if (!this.#takeFramingOctet(chunk[position] as number)) {
        this.position = position;
        return BodyResult.FAILED;
      }
      position++;
    }
    this.position = position;
    return this.#state === State.DONE ? BodyResult.DONE : BodyResult.MORE;
  }

  #readTrailers(chunk: Buffer, from: number): number {
    const result = this.#scanner.push(chunk, from);
    if (result === ScanResult.MORE) {
      this.position = chunk.length;
      return BodyResult.MORE;
    }
    this.position = this.#scanner.consumed;
    if (result === ScanResult.COMPLETE) {
      this.#state = State.DONE;
      return BodyResult.DONE;
    }
    const { problem } = this.#scanner;
    this.problem =
      problem === 'head_too_large' || problem === 'too_many_fields' ? 'trailers_too_large' : problem;
    return BodyResult.FAILED;
  }

  /** Everything of a chunked body that is neither content nor trailers. False: refused. */
  #takeFramingOctet(octet: number): boolean {
    switch (this.#state) {
      case State.SIZE_FIRST:
        this.#remaining = 0;
        this.#sizeDigits = 0;
        return this.#takeSizeDigit(octet);
      case State.SIZE:
        return this.#takeSizeDigit(octet) || this.#endToken(octet);
      case State.SIZE_LF:
        if (octet !== Octet.LF) return false;
        this.#state = this.#remaining === 0 ? State.TRAILERS : State.DATA;
        if (this.#remaining === 0) this.#scanner.reset('trailers', this.#limits.trailers);
        return true;
      case State.DATA_CR:
        this.#state = State.DATA_LF;
        return octet === Octet.CR;
      case State.DATA_LF:
        this.#state = State.SIZE_FIRST;
        return octet === Octet.LF;
      default:
        return this.#takeExtensionOctet(octet);
    }
  }

  #takeSizeDigit(octet: number): boolean {
    const digit = hexValue[octet] as number;
    if (digit > 15 || this.#sizeDigits === maxSizeDigits) return false;
    this.#sizeDigits++;
    this.#remaining = this.#remaining * 16 + digit;
    this.#state = State.SIZE;
    return true;
  }

  /** What may follow a chunk size, an extension's name or its value. */
  #endToken(octet: number): boolean {
    if (octet === Octet.CR) this.#state = State.SIZE_LF;
    else if (octet === Octet.SEMICOLON) this.#state = State.EXTENSION_NAME_FIRST;
    else return false;
    return true;
  }

  /** Extensions are checked and forgotten (RFC 9112 §7.1.1), without the white space that it only tolerates. */
  #takeExtensionOctet(octet: number): boolean {
    if (++this.#extensionBytes > this.#limits.maxChunkExtensionBytes) {
      this.problem = 'chunk_extensions_too_large';
      return false;
    }
    const isTokenOctet = tokenLower[octet] !== 0;
    switch (this.#state) {
      case State.EXTENSION_NAME_FIRST:
        this.#state = State.EXTENSION_NAME;
        return isTokenOctet;
      case State.EXTENSION_NAME:
        if (octet === Octet.EQUALS) this.#state = State.EXTENSION_VALUE_FIRST;
        return isTokenOctet || octet === Octet.EQUALS || this.#endToken(octet);
      case State.EXTENSION_VALUE_FIRST:
        this.#state = octet === Octet.DQUOTE ? State.EXTENSION_QUOTED : State.EXTENSION_VALUE;
        return isTokenOctet || octet === Octet.DQUOTE;
      case State.EXTENSION_VALUE:
        return isTokenOctet || this.#endToken(octet);
      case State.EXTENSION_QUOTED:
        if (octet === Octet.DQUOTE) this.#state = State.EXTENSION_QUOTED_END;
        else if (octet === Octet.BACKSLASH) this.#state = State.EXTENSION_ESCAPE;
        return isValueOctet[octet] === 1;
      case State.EXTENSION_ESCAPE:
        this.#state = State.EXTENSION_QUOTED;
        return isValueOctet[octet] === 1;
      default:
        return this.#state === State.EXTENSION_QUOTED_END && this.#endToken(octet);
    }
  }
}
