const initialBytes = 1024;
/** Shorter ASCII texts are copied char by char: that is faster than a call into the runtime. */
const shortText = 32;

/**
 * Writes protobuf wire format (https://protobuf.dev/programming-guides/encoding) into one growing buffer. For messages
 * that are written once per request, where building message objects first costs more than writing the bytes.
 */
export class ProtoWriter {
  #bytes: Buffer = Buffer.allocUnsafe(initialBytes);
  #length = 0;

  /** What has been written; the writer starts over. */
  take(): Uint8Array {
    const bytes = new Uint8Array(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return bytes;
  }

  /** Fields that are serialized already. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** Field of type int32, int64 or enum; not negative, below 2^53. Zero is left out. */
  int(field: number, value: number): void {
    if (value === 0) return;
    this.#reserve(20);
    this.#varint(field << 3);
    this.#varint(value);
  }

  /** Field of type double. Written even if zero: for oneofs. */
  double(field: number, value: number): void {
    this.#reserve(18);
    this.#varint((field << 3) | 1);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** Field of type string. Empty ones are left out. */
  text(field: number, value: string): void {
    if (value === '') return;
    this.oneofText(field, value);
  }

  /** Field of type string in a oneof: written even if empty. */
  oneofText(field: number, value: string): void {
    // A UTF-16 unit takes up to three bytes.
    this.#reserve(20 + value.length * 3);
    this.#varint((field << 3) | 2);
    const start = this.#length;
    // The length goes first but is known last: take the room that it most likely needs, and move if that was wrong.
    const guess = varintBytes(value.length);
    const end = this.#writeText(start + guess, value);
    this.#finish(start, guess, end);
  }

  /** Starts a field of type message; hand the result to {@link end}. */
  begin(field: number): number {
    this.#reserve(20);
    this.#varint((field << 3) | 2);
    const start = this.#length;
    // One byte of length fits most messages.
    this.#length = start + 1;
    return start;
  }

  /** Ends the message that began last. */
  end(start: number): void {
    this.#reserve(8);
    this.#finish(start, 1, this.#length);
  }

  #finish(start: number, guess: number, end: number): void {
    const size = end - start - guess;
    const needed = varintBytes(size);
    if (needed !== guess) this.#bytes.copyWithin(start + needed, start + guess, end);
    this.#length = start;
    this.#varint(size);
    this.#length = start + needed + size;
  }

  #writeText(at: number, value: string): number {
    const bytes = this.#bytes;
    if (value.length > shortText) return at + bytes.write(value, at, 'utf8');
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0x7f) return at + bytes.write(value, at, 'utf8');
      bytes[at + i] = code;
    }
    return at + value.length;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  #reserve(bytes: number): void {
    const wanted = this.#length + bytes;
    if (wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}
