import type { HeaderList } from '../http/headers.ts';
import { mayBeTrailer } from '../http/trailer-names.ts';
import type { SocketOutput } from '../net/socket-output.ts';
import { copyLimitBytes } from '../net/socket-output.ts';
import { Octet } from './octets.ts';

/** How the body being written ends. */
export const BodyFraming = {
  /** No body follows, whatever is given. */
  NONE: 0,
  LENGTH: 1,
  CHUNKED: 2,
  /** The connection's end ends it: HTTP/1.0 and tunnels. */
  UNTIL_CLOSE: 3,
} as const;
export type BodyFraming = (typeof BodyFraming)[keyof typeof BodyFraming];

/** A head as it goes out: its parts are joined and encoded at once, and its fields checked. */
export interface OutgoingHead {
  /** Request or status line with its line end; made by the codec, of checked parts. */
  readonly startLine: string;
  readonly headers: HeaderList;
  /** The codec's own field lines, each with its line end. */
  readonly ownLines: string;
  readonly framing: BodyFraming;
  /** Octets of the body under {@link BodyFraming.LENGTH}. */
  readonly length: number;
}

/** Line ends, the size of a small chunk and the last chunk. */
const chunkOverheadBytes = 24;

const noOwnLines = { ownLines: '', framing: BodyFraming.NONE, length: 0 } as const;

/** Writes messages to a socket. Chunks are framed in place, large ones are neither copied nor held back. */
export class MessageWriter {
  readonly #output: SocketOutput;
  #framing: BodyFraming = BodyFraming.NONE;
  #remaining = 0;

  constructor(output: SocketOutput) {
    this.#output = output;
  }

  /** Octets of the message under way were handed to the socket. */
  get hasWritten(): boolean {
    return this.#output.hasWritten;
  }

  /** Begins a message; it is written at the end of this turn, or with the first large piece of its body. */
  start(head: OutgoingHead): void {
    this.#output.hasWritten = false;
    this.#framing = head.framing;
    this.#remaining = head.length;
    this.#appendHead(head);
  }

  /** From now on content goes out as it is. */
  startTunnel(): void {
    this.#framing = BodyFraming.UNTIL_CLOSE;
  }

  /** Writes a complete interim response now. */
  writeInterim(startLine: string, headers: HeaderList): void {
    this.#appendHead({ ...noOwnLines, startLine, headers });
    this.#output.flush();
  }

  /** Appends content. False: it is more than the head promised, and nothing of it was taken. */
  data(chunk: Uint8Array): boolean {
    if (chunk.length === 0 || this.#framing === BodyFraming.NONE) return true;
    if (this.#framing === BodyFraming.CHUNKED) this.#writeChunk(chunk);
    else if (this.#framing === BodyFraming.UNTIL_CLOSE) this.#write(chunk);
    else {
      if (chunk.length > this.#remaining) return false;
      this.#remaining -= chunk.length;
      this.#write(chunk);
    }
    return true;
  }

  /** Ends the message. False: the head promised more than came. */
  end(trailers: HeaderList | undefined): boolean {
    const isShort = this.#framing === BodyFraming.LENGTH && this.#remaining > 0;
    if (this.#framing === BodyFraming.CHUNKED) this.#writeLastChunk(trailers);
    this.#framing = BodyFraming.NONE;
    return !isShort;
  }

  #write(chunk: Uint8Array): void {
    const output = this.#output;
    if (chunk.length <= copyLimitBytes) output.copy(chunk);
    else if (output.position === 0) output.writeThrough(chunk, chunk);
    else {
      output.cork();
      output.writeThrough(chunk, chunk);
      output.uncork();
    }
  }

  #writeChunk(chunk: Uint8Array): void {
    this.#appendText(`${chunk.length.toString(16)}\r\n`, chunk.length + chunkOverheadBytes);
    this.#write(chunk);
    this.#appendText('\r\n', chunkOverheadBytes);
  }

  #writeLastChunk(trailers: HeaderList | undefined): void {
    if (trailers === undefined || trailers.length === 0) this.#appendText('0\r\n\r\n', 5);
    else this.#appendHead({ ...noOwnLines, startLine: '0\r\n', headers: trailers.filter(isTrailer) });
  }

  #appendText(text: string, reserveBytes: number): void {
    const output = this.#output;
    const block = output.reserve(reserveBytes < copyLimitBytes ? reserveBytes : text.length);
    output.commit(output.position + block.write(text, output.position, 'latin1'));
  }

  /** A field that would end its line early is left out: what it says must not become a message of its own. */
  #appendHead(head: OutgoingHead): void {
    const { headers } = head;
    let text = head.startLine;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      if (!isOwnName(name)) text += `${name}: ${headers[i + 1]}\r\n`;
    }
    text += `${head.ownLines}\r\n`;
    const output = this.#output;
    const isSmall = head.framing === BodyFraming.LENGTH && head.length <= copyLimitBytes;
    const block = output.reserve(text.length + (isSmall ? head.length : 0));
    const start = output.position;
    const end = start + block.write(text, start, 'latin1');
    if (areWellFormed(headers, block, start + head.startLine.length)) output.commit(end);
    else this.#appendHead({ ...head, headers: withoutBadFields(headers) });
  }
}

/** Fields that the codec alone writes: two of them would be two readings of one message. */
function isOwnName(name: string): boolean {
  return (
    name === 'content-length' || name === 'transfer-encoding' || name === 'connection' || name === 'host'
  );
}

/** For filtering a flat list: the name before, or at, this place may be a trailer's. */
function isTrailer(_text: string, at: number, list: readonly string[]): boolean {
  return mayBeTrailer(list[at - (at % 2)] as string);
}

/** Whether none of the fields, which are encoded from `start` on, has a control character other than TAB. */
function areWellFormed(headers: HeaderList, bytes: Buffer, start: number): boolean {
  let at = start;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (isOwnName(name)) continue;
    const lineEnd = at + name.length + 2 + (headers[i + 1] as string).length;
    if (!isWellFormed(bytes, at, lineEnd)) return false;
    at = lineEnd + 2;
  }
  return true;
}

/** Node carves small buffers out of larger ones: the view of the last one serves the next dozens of heads. */
let viewedMemory: ArrayBufferLike | undefined;
let view: DataView;

/** Looks at four octets at a time, as nearly all of them are visible: a fifth of what octet for octet costs. */
function isWellFormed(bytes: Buffer, start: number, end: number): boolean {
  if (bytes.buffer !== viewedMemory) {
    viewedMemory = bytes.buffer;
    view = new DataView(viewedMemory);
  }
  const { byteOffset } = bytes;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const four = view.getInt32(byteOffset + at, true);
    // The high bit of each octet that is below SP (and, only beside one, of some that are not).
    if (((four - 0x20202020) & ~four & 0x80808080) !== 0 && !areVisible(bytes, at, at + 4)) return false;
  }
  return areVisible(bytes, at, end);
}

function areVisible(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const octet = bytes[at] as number;
    if (octet < Octet.SP && octet !== Octet.TAB) return false;
  }
  return true;
}

const badName = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const badValue = /[^\t\x20-\x7e\x80-\xff]/;

function withoutBadFields(headers: HeaderList): HeaderList {
  const kept: HeaderList = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (name !== '' && !badName.test(name) && !badValue.test(value)) kept.push(name, value);
  }
  return kept;
}
