import { FieldMemory } from './field-memory.ts';
import { findKnownFieldName, hashFieldNameOctet, knownFieldNames } from './field-names.ts';
import { isRequestLineOctet, isValueOctet, Octet, tokenLower } from './octets.ts';
import type { Http1Problem } from './problem.ts';

/** What a scan found: the end of the head, that more octets are needed, or a problem. */
export const ScanResult = { MORE: 0, COMPLETE: 1, FAILED: 2 } as const;

/** Which kind of head is scanned. Trailers are fields without a start line. */
export type HeadKind = 'request' | 'response' | 'trailers';

/** Bounds of one head. */
export interface HeadLimits {
  /** The whole head: start line, fields, line ends. */
  readonly maxHeadBytes: number;
  readonly maxStartLineBytes: number;
  readonly maxFields: number;
  /** Unfold obs-fold (RFC 9112 §5.2) instead of refusing it. */
  readonly allowObsFold: boolean;
}

const State = {
  START: 0,
  BLANK_LF: 1,
  START_LINE: 2,
  START_LINE_LF: 3,
  LINE_START: 4,
  NAME: 5,
  VALUE_START: 6,
  VALUE: 7,
  VALUE_LF: 8,
  END_LF: 9,
} as const;
type State = (typeof State)[keyof typeof State];

/** What is kept for each field. */
const Slot = { NAME_START: 0, NAME_END: 1, VALUE_START: 2, VALUE_END: 3, ID: 4 } as const;
const slotsPerField = 5;
const initialFields = 12;
const initialCarryBytes = 512;
const obsFold = /[ \t]*\r\n[ \t]+/g;

/**
 * Reads one head, however it is cut into pieces, and remembers where its parts are. Every octet is looked at once;
 * strings are made only when the head is whole. Line ends are CRLF and nothing else (RFC 9112 §2.2).
 */
export class HeadScanner {
  /** The whole head, latin1, once complete. */
  text = '';
  fieldCount = 0;
  /** Why the scan failed. */
  problem: Http1Problem = 'invalid_request_line';
  /** Where the octets after the head begin in the chunk given last. */
  consumed = 0;
  /** The fields are those of the head before, octet for octet, and are not there to be asked for again. */
  repeatsFields = false;

  #limits: HeadLimits;
  #lineOctets: Uint8Array = isRequestLineOctet;
  #state: State = State.START;
  /** Positions count from the head's first octet. */
  #offsets: Int32Array = new Int32Array(initialFields * slotsPerField);
  #position = 0;
  #lineStart = 0;
  #lineEnd = 0;
  /** Where the fields begin; -1 in trailers, which are not remembered. */
  #fieldsStart = -1;
  readonly #memory: FieldMemory = new FieldMemory();
  #nameHash = 0;
  #hasFold = false;
  /** Octets of an unfinished head, `#carryLength` of them. */
  #carry: Buffer | undefined = undefined;
  #carryLength = 0;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /** Gets ready for the next head. */
  reset(kind: HeadKind, limits: HeadLimits): void {
    this.#limits = limits;
    this.#state = kind === 'trailers' ? State.LINE_START : State.START;
    this.#lineOctets = kind === 'response' ? isValueOctet : isRequestLineOctet;
    this.#position = 0;
    this.#lineStart = 0;
    this.#fieldsStart = -1;
    this.#hasFold = false;
    this.#carry = undefined;
    this.#carryLength = 0;
    this.fieldCount = 0;
    this.repeatsFields = false;
  }

  /** The next head may be told to repeat the fields of this one. */
  get remembersFields(): boolean {
    return this.#memory.isOpen;
  }

  /** Whether an octet of the head has come; a blank line before it does not count. */
  get hasStarted(): boolean {
    return this.#position > this.#lineStart;
  }

  /** The start line without its end. */
  get startLine(): string {
    return this.text.slice(this.#lineStart, this.#lineEnd);
  }

  /**
   * Takes the octets from `from` on and returns a {@link ScanResult}. After COMPLETE and FAILED {@link consumed} tells
   * where it stopped; after MORE everything was taken.
   */
  push(chunk: Buffer, from: number): number {
    if (this.#carry === undefined) {
      const result = this.#scan(chunk, from, chunk.length);
      if (result === ScanResult.MORE) this.#keep(chunk, from);
      else this.#finish(result, chunk, from, from);
      return result;
    }
    const before = this.#carryLength;
    const carry = this.#keep(chunk, from);
    const result = this.#scan(carry, 0, this.#carryLength);
    if (result !== ScanResult.MORE) this.#finish(result, carry, 0, from - before);
    return result;
  }

  /** The index of the field's name in {@link knownFieldNames}, 0 if it is none of them. */
  fieldId(field: number): number {
    return this.#offsets[field * slotsPerField + Slot.ID] as number;
  }

  /** The field's name, lower case. */
  fieldName(field: number): string {
    const at = field * slotsPerField;
    const id = this.#offsets[at + Slot.ID] as number;
    if (id !== 0) return knownFieldNames[id] as string;
    return this.text
      .slice(this.#offsets[at + Slot.NAME_START], this.#offsets[at + Slot.NAME_END])
      .toLowerCase();
  }

  /** The field's value without surrounding white space; a folded one with one blank for each line end. */
  fieldValue(field: number): string {
    const at = field * slotsPerField;
    const value = this.text.slice(this.#offsets[at + Slot.VALUE_START], this.#offsets[at + Slot.VALUE_END]);
    return this.#hasFold ? value.replace(obsFold, ' ').trim() : value;
  }

  /** Whether there is a TAB among the white space around the field's value. */
  hasTabAround(field: number): boolean {
    const at = field * slotsPerField;
    const before = this.text.slice(this.#offsets[at + Slot.NAME_END], this.#offsets[at + Slot.VALUE_START]);
    if (before.includes('\t')) return true;
    for (let i = this.#offsets[at + Slot.VALUE_END] as number; isBlank(this.text.charCodeAt(i)); i++)
      if (this.text.charCodeAt(i) === Octet.TAB) return true;
    return false;
  }

  #finish(result: number, bytes: Buffer, headStart: number, shift: number): void {
    this.consumed = shift + this.#position;
    this.#carry = undefined;
    if (result !== ScanResult.COMPLETE) return;
    const textEnd = this.repeatsFields ? this.#lineEnd : this.#position;
    this.text = bytes.toString('latin1', headStart, headStart + textEnd);
    if (!this.repeatsFields && this.#fieldsStart >= 0 && this.#memory.isOpen)
      this.#memory.keep(bytes, headStart + this.#fieldsStart, headStart + this.#position);
  }

  /** Copies what can matter: one octet more than the limit is enough to fail. */
  #keep(chunk: Buffer, from: number): Buffer {
    const length = Math.min(chunk.length - from, this.#limits.maxHeadBytes + 1 - this.#carryLength);
    const needed = this.#carryLength + length;
    let carry = this.#carry;
    if (carry === undefined || carry.length < needed) {
      carry = Buffer.allocUnsafe(Math.max(initialCarryBytes, needed * 2));
      this.#carry?.copy(carry, 0, 0, this.#carryLength);
      this.#carry = carry;
    }
    chunk.copy(carry, this.#carryLength, from, from + length);
    this.#carryLength = needed;
    return carry;
  }

  /**
   * Scans `bytes`, whose head begins at `base`, from where it stopped last. One function with a loop for each kind of
   * octet: this is where a proxy spends its parsing time.
   */
  #scan(bytes: Buffer, base: number, end: number): number {
    const stop = Math.min(end, base + this.#limits.maxHeadBytes);
    let state: State = this.#state;
    let position = base + this.#position;
    while (position < stop) {
      const octet = bytes[position] as number;
      switch (state) {
        case State.START:
          // RFC 9112 §2.2 lets one blank line precede a request: old clients end a body with it.
          state = octet === Octet.CR ? State.BLANK_LF : State.START_LINE;
          if (octet === Octet.CR) position++;
          break;
        case State.BLANK_LF:
          if (octet !== Octet.LF) return this.#fail('bare_cr', position - base);
          position++;
          this.#lineStart = position - base;
          state = State.START_LINE;
          break;
        case State.START_LINE: {
          const tooFar = base + this.#lineStart + this.#limits.maxStartLineBytes + 1;
          const lineStop = Math.min(stop, tooFar);
          const octets = this.#lineOctets;
          while (position < lineStop && octets[bytes[position] as number] === 1) position++;
          if (position === tooFar) return this.#fail('request_line_too_long', position - base);
          if (position === stop) break;
          if (bytes[position] !== Octet.CR || position - base === this.#lineStart)
            return this.#fail(
              bytes[position] === Octet.LF ? 'bare_lf' : 'invalid_request_line',
              position - base,
            );
          this.#lineEnd = position - base;
          position++;
          state = State.START_LINE_LF;
          break;
        }
        case State.START_LINE_LF:
          if (octet !== Octet.LF) return this.#fail('bare_cr', position - base);
          position++;
          state = State.LINE_START;
          this.#fieldsStart = position - base;
          if (this.#skipRepeated(bytes, position, stop)) return ScanResult.COMPLETE;
          break;
        case State.LINE_START:
          if (octet === Octet.CR) {
            position++;
            state = State.END_LF;
          } else if (octet === Octet.SP || octet === Octet.TAB) {
            if (!this.#limits.allowObsFold || this.fieldCount === 0)
              return this.#fail('obs_fold', position - base);
            this.fieldCount--;
            this.#hasFold = true;
            state = State.VALUE;
          } else {
            if (octet === Octet.LF) return this.#fail('bare_lf', position - base);
            if (this.fieldCount === this.#limits.maxFields)
              return this.#fail('too_many_fields', position - base);
            this.#openField(position - base);
            state = State.NAME;
          }
          break;
        case State.NAME: {
          let hash = this.#nameHash;
          let lower = 0;
          while (position < stop && (lower = tokenLower[bytes[position] as number] as number) !== 0) {
            hash = hashFieldNameOctet(hash, lower);
            position++;
          }
          this.#nameHash = hash;
          if (position === stop) break;
          if (bytes[position] !== Octet.COLON || !this.#closeName(bytes, base, position))
            return this.#fail(
              isBlank(bytes[position]) ? 'space_before_colon' : 'invalid_field_name',
              position - base,
            );
          position++;
          state = State.VALUE_START;
          break;
        }
        case State.VALUE_START:
          while (position < stop && isBlank(bytes[position])) position++;
          if (position === stop) break;
          this.#offsets[this.fieldCount * slotsPerField + Slot.VALUE_START] = position - base;
          state = State.VALUE;
          break;
        case State.VALUE:
          while (position < stop && isValueOctet[bytes[position] as number] === 1) position++;
          if (position === stop) break;
          if (bytes[position] !== Octet.CR)
            return this.#fail(
              bytes[position] === Octet.LF ? 'bare_lf' : 'invalid_field_value',
              position - base,
            );
          this.#closeValue(bytes, base, position);
          position++;
          state = State.VALUE_LF;
          break;
        case State.VALUE_LF:
          if (octet !== Octet.LF) return this.#fail('bare_cr', position - base);
          position++;
          this.fieldCount++;
          state = State.LINE_START;
          break;
        case State.END_LF:
          this.#position = position + 1 - base;
          if (octet !== Octet.LF) return this.#fail('bare_cr', position - base);
          return ScanResult.COMPLETE;
        default:
          state satisfies never;
      }
    }
    this.#state = state;
    this.#position = position - base;
    if (end <= stop) return ScanResult.MORE;
    return this.#fail(
      state === State.START_LINE ? 'request_line_too_long' : 'head_too_large',
      position - base,
    );
  }

  /** Passes over the fields of the head before, if they are all there is until its end. */
  #skipRepeated(bytes: Buffer, position: number, stop: number): boolean {
    const length = this.#memory.match(bytes, position, stop);
    if (length === 0) return false;
    this.#position = this.#fieldsStart + length;
    this.repeatsFields = true;
    return true;
  }

  #fail(problem: Http1Problem, position: number): number {
    this.#position = position;
    this.problem = problem;
    return ScanResult.FAILED;
  }

  #openField(position: number): void {
    const at = this.fieldCount * slotsPerField;
    if (at === this.#offsets.length) {
      const grown = new Int32Array(this.#offsets.length * 2);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    this.#offsets[at + Slot.NAME_START] = position;
    this.#nameHash = 0;
  }

  /** False if the name is empty. */
  #closeName(bytes: Uint8Array, base: number, end: number): boolean {
    const at = this.fieldCount * slotsPerField;
    const start = base + (this.#offsets[at + Slot.NAME_START] as number);
    this.#offsets[at + Slot.NAME_END] = end - base;
    this.#offsets[at + Slot.ID] = findKnownFieldName(bytes, start, end, this.#nameHash);
    return end > start;
  }

  #closeValue(bytes: Uint8Array, base: number, crAt: number): void {
    const at = this.fieldCount * slotsPerField;
    const start = base + (this.#offsets[at + Slot.VALUE_START] as number);
    let end = crAt;
    while (end > start && isBlank(bytes[end - 1])) end--;
    this.#offsets[at + Slot.VALUE_END] = end - base;
  }
}

function isBlank(octet: number | undefined): boolean {
  return octet === Octet.SP || octet === Octet.TAB;
}
