import type { Duplex } from 'node:stream';
import type { HeaderList } from '../http/headers.ts';
import { mayBeTrailer } from '../http/trailer-names.ts';
import { giveBack } from '../net/read-buffer.ts';
import type { TurnTask } from '../net/turn-end.ts';
import { atTurnEnd } from '../net/turn-end.ts';
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

/** A head as it goes out: its parts are joined, checked and encoded at once. */
export interface OutgoingHead {
  /** Request or status line with its line end. */
  readonly startLine: string;
  readonly headers: HeaderList;
  /** The codec's own field lines, each with its line end, and how many they are. */
  readonly ownLines: string;
  readonly ownLineCount: number;
  readonly framing: BodyFraming;
  /** Octets of the body under {@link BodyFraming.LENGTH}. */
  readonly length: number;
}

/** Pieces up to this size are copied behind what waits to be written, larger ones are written as they are. */
const copyLimitBytes = 16_384;
const growthBytes = 1024;
/** Line ends, the size of a small chunk and the last chunk. */
const chunkOverheadBytes = 24;

const noOwnLines = { ownLines: '', ownLineCount: 0, framing: BodyFraming.NONE, length: 0 } as const;

/**
 * Writes messages to a socket with as few writes as can be: what comes in one turn of the event loop leaves together
 * at its end, and so do the writes of all sockets (see {@link atTurnEnd}: 20 % of a small request's CPU time). Chunks
 * are framed in place, large ones are neither copied nor held back.
 */
export class MessageWriter implements TurnTask {
  /** Octets of the message under way were handed to the socket. */
  hasWritten = false;
  readonly #socket: Duplex;
  readonly #onBlocked: () => void;
  #buffer: Buffer | undefined = undefined;
  #used = 0;
  #framing: BodyFraming = BodyFraming.NONE;
  #remaining = 0;
  #isScheduled = false;

  /** @param onBlocked the socket asked to wait for its `drain` */
  constructor(socket: Duplex, onBlocked: () => void) {
    this.#socket = socket;
    this.#onBlocked = onBlocked;
  }

  /** Begins a message; it is written at the end of this turn, or with the first large piece of its body. */
  start(head: OutgoingHead): void {
    this.hasWritten = false;
    this.#framing = head.framing;
    this.#remaining = head.length;
    this.#appendHead(head);
    this.#schedule();
  }

  /** From now on content goes out as it is. */
  startTunnel(): void {
    this.#framing = BodyFraming.UNTIL_CLOSE;
  }

  /** Writes a complete interim response now. */
  writeInterim(startLine: string, headers: HeaderList): void {
    this.#appendHead({ ...noOwnLines, startLine, headers });
    this.flush();
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

  /** Hands everything to the socket now: before it is ended or destroyed. */
  flush(): void {
    const buffer = this.#buffer;
    if (buffer === undefined) return;
    const used = this.#used;
    this.#buffer = undefined;
    this.#used = 0;
    this.#send(used === buffer.length ? buffer : buffer.subarray(0, used));
  }

  #send(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    this.hasWritten = true;
    if (!socket.write(bytes)) this.#onBlocked();
  }

  /** The chunk's memory is needed no longer once it is written. */
  #sendLarge(chunk: Uint8Array): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    this.hasWritten = true;
    const onWritten = (error?: Error | null): void => {
      if (!error) giveBack(chunk);
    };
    if (!socket.write(chunk, onWritten)) this.#onBlocked();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    atTurnEnd(this);
  }

  /** @internal */
  onTurnEnd(): void {
    this.#isScheduled = false;
    this.flush();
  }

  #write(chunk: Uint8Array): void {
    if (chunk.length <= copyLimitBytes) {
      this.#reserve(chunk.length).set(chunk, this.#used);
      this.#used += chunk.length;
      this.#schedule();
    } else if (this.#buffer === undefined) {
      this.#sendLarge(chunk);
    } else {
      this.#socket.cork();
      this.flush();
      this.#sendLarge(chunk);
      this.#socket.uncork();
    }
  }

  #writeChunk(chunk: Uint8Array): void {
    this.#appendText(`${chunk.length.toString(16)}\r\n`, chunk.length + chunkOverheadBytes);
    this.#write(chunk);
    this.#appendText('\r\n', chunkOverheadBytes);
  }

  #writeLastChunk(trailers: HeaderList | undefined): void {
    if (trailers === undefined || trailers.length === 0) this.#appendText('0\r\n\r\n', 5);
    else {
      this.#appendHead({ ...noOwnLines, startLine: '0\r\n', headers: trailers.filter(isTrailer) });
      this.#schedule();
    }
  }

  #appendText(text: string, reserveBytes: number): void {
    const buffer = this.#reserve(reserveBytes < copyLimitBytes ? reserveBytes : text.length);
    this.#used += buffer.write(text, this.#used, 'latin1');
    this.#schedule();
  }

  /** A field that would end its line early is left out: what it says must not become a message of its own. */
  #appendHead(head: OutgoingHead): void {
    const { headers } = head;
    let text = head.startLine;
    let lines = 2 + head.ownLineCount;
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i] as string;
      if (isOwnName(name)) continue;
      text += `${name}: ${headers[i + 1]}\r\n`;
      lines++;
    }
    text += `${head.ownLines}\r\n`;
    const isSmall = head.framing === BodyFraming.LENGTH && head.length <= copyLimitBytes;
    const buffer = this.#reserve(text.length + (isSmall ? head.length : 0));
    const start = this.#used;
    const end = start + buffer.write(text, start, 'latin1');
    if (isWellFormed(buffer, start, end, lines)) {
      this.#used = end;
      return;
    }
    const kept = withoutBadFields(headers);
    if (kept.length === headers.length) throw new TypeError('a start line must not hold control characters');
    this.#appendHead({ ...head, headers: kept });
  }

  /** A buffer with room for `length` octets after what it holds. */
  #reserve(length: number): Buffer {
    let buffer = this.#buffer;
    if (buffer !== undefined && buffer.length - this.#used >= length) return buffer;
    if (this.#used >= copyLimitBytes) {
      this.flush();
      buffer = undefined;
    }
    if (buffer === undefined) {
      this.#used = 0;
      return (this.#buffer = Buffer.allocUnsafe(length));
    }
    const grown = Buffer.allocUnsafe(this.#used + length + growthBytes);
    grown.set(buffer.subarray(0, this.#used));
    return (this.#buffer = grown);
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

/** Node carves small buffers out of larger ones: the view of the last one serves the next dozens of heads. */
let viewedMemory: ArrayBufferLike | undefined;
let view: DataView;

/**
 * Whether there are as many line ends as lines, and no other control character than TAB. Looks at four octets at a
 * time, as nearly all of them are visible: a fifth of what octet for octet costs.
 */
function isWellFormed(bytes: Uint8Array, start: number, end: number, lines: number): boolean {
  if (bytes.buffer !== viewedMemory) {
    viewedMemory = bytes.buffer;
    view = new DataView(viewedMemory);
  }
  const { byteOffset } = bytes;
  let returns = 0;
  let feeds = 0;
  for (let at = start; at < end; at += 4) {
    if (at + 4 <= end) {
      const four = view.getInt32(byteOffset + at);
      // The high bit of each octet that is below SP (and, only beside one, of some that are not).
      if (((four - 0x20202020) & ~four & 0x80808080) === 0) continue;
    }
    for (let i = at; i < end && i < at + 4; i++) {
      const octet = bytes[i] as number;
      if (octet >= Octet.SP) continue;
      if (octet === Octet.LF) feeds++;
      else if (octet === Octet.CR) returns++;
      else if (octet !== Octet.TAB) return false;
    }
  }
  return feeds === lines && returns === lines;
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
