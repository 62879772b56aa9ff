import { RawPeer } from './raw-http.ts';

/** Frame types of RFC 9113 §6. */
export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Flags of the frames that have them. */
export const frameFlag = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 0x20 } as const;

/** Settings of RFC 9113 §6.5.2. */
export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
} as const;

/** Error codes by number (RFC 9113 §7). */
export const errorCodes: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
];

/** What a client sends first (RFC 9113 §3.4). */
export const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const headerBytes = 9;

/** A frame as it came. */
export interface H2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The bytes of a frame; nothing is checked. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array | string = '',
): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(headerBytes);
  head.writeUIntBE(body.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** A field as HPACK's literal without indexing, without Huffman code (RFC 7541 §6.2.2). */
export function literal(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.of(0), hpackString(name), hpackString(value)]);
}

/** A field block of literals. */
export function fieldBlock(fields: ReadonlyArray<readonly [name: string, value: string]>): Buffer {
  return Buffer.concat(fields.map(([name, value]) => literal(name, value)));
}

/** HEADERS with all of its fields, in one frame. */
export function headers(
  stream: number,
  fields: ReadonlyArray<readonly [name: string, value: string]>,
  flags: number = frameFlag.endHeaders | frameFlag.endStream,
): Buffer {
  return frame(frameType.headers, flags, stream, fieldBlock(fields));
}

export function rstStream(stream: number, code: number): Buffer {
  return frame(frameType.rstStream, 0, stream, uint32(code));
}

export function goAway(lastStream: number, code = 0): Buffer {
  return frame(frameType.goaway, 0, 0, Buffer.concat([uint32(lastStream), uint32(code)]));
}

export function windowUpdate(stream: number, increment: number): Buffer {
  return frame(frameType.windowUpdate, 0, stream, uint32(increment));
}

export function settings(...values: ReadonlyArray<readonly [id: number, value: number]>): Buffer {
  const payload = values.map(([id, value]) => {
    const pair = Buffer.alloc(6);
    pair.writeUInt16BE(id, 0);
    pair.writeUInt32BE(value, 2);
    return pair;
  });
  return frame(frameType.settings, 0, 0, Buffer.concat(payload));
}

/** An integer with a prefix of `bits` bits, whose octet has `first` above them (RFC 7541 §5.1). */
export function hpackInteger(value: number, bits: number, first = 0): Buffer {
  const max = 2 ** bits - 1;
  if (value < max) return Buffer.of(first | value);
  const octets = [first | max];
  let rest = value - max;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 128);
  octets.push(rest);
  return Buffer.from(octets);
}

/** Without Huffman code. */
export function hpackString(text: string): Buffer {
  return Buffer.concat([hpackInteger(text.length, 7), Buffer.from(text, 'latin1')]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** One end of an HTTP/2 connection that writes any frame and sees all frames. */
export class RawH2Peer {
  readonly raw: RawPeer;
  readonly frames: H2Frame[] = [];
  #read = 0;

  /** @param skipped octets before the first frame: a server gets the client's preface */
  constructor(raw: RawPeer, skipped = 0) {
    this.raw = raw;
    this.#read = skipped;
  }

  /** Connects to a port of this machine and sends the preface; no dynamic table, so that blocks can be read alone. */
  static async connect(port: number): Promise<RawH2Peer> {
    const peer = new RawH2Peer(await RawPeer.connect(port));
    peer.send(Buffer.from(preface), settings([setting.headerTableSize, 0]));
    return peer;
  }

  /** The server's half of a connection. */
  static accept(raw: RawPeer): RawH2Peer {
    const peer = new RawH2Peer(raw, preface.length);
    peer.send(settings([setting.headerTableSize, 0]));
    return peer;
  }

  send(...frames: readonly Uint8Array[]): void {
    this.raw.send(Buffer.concat(frames));
  }

  /** The first frame that is as wanted; fails when the connection ends before it comes. */
  async until(isWanted: (frame: H2Frame) => boolean): Promise<H2Frame> {
    await this.raw.until(() => this.#find(isWanted) !== undefined);
    return this.#find(isWanted) as H2Frame;
  }

  /** Waits for the end of the connection. */
  async ended(): Promise<readonly H2Frame[]> {
    await this.raw.ended();
    this.#parse();
    return this.frames;
  }

  /** All frames so far. */
  received(): readonly H2Frame[] {
    this.#parse();
    return this.frames;
  }

  destroy(): void {
    this.raw.destroy();
  }

  #find(isWanted: (frame: H2Frame) => boolean): H2Frame | undefined {
    this.#parse();
    return this.frames.find(isWanted);
  }

  #parse(): void {
    const { text } = this.raw;
    while (text.length >= this.#read + headerBytes) {
      const head = Buffer.from(text.slice(this.#read, this.#read + headerBytes), 'latin1');
      const start = this.#read + headerBytes;
      const end = start + head.readUIntBE(0, 3);
      if (text.length < end) return;
      this.#read = end;
      this.frames.push({
        type: head.readUInt8(3),
        flags: head.readUInt8(4),
        stream: head.readUInt32BE(5),
        payload: Buffer.from(text.slice(start, end), 'latin1'),
      });
    }
  }
}

/** `RST_STREAM CANCEL` for a frame that ends a stream or the connection, else undefined. */
export function describeEnd({ type, payload }: H2Frame): string | undefined {
  if (type === frameType.rstStream) return `RST_STREAM ${errorCodes[payload.readUInt32BE(0)]}`;
  if (type === frameType.goaway) return `GOAWAY ${errorCodes[payload.readUInt32BE(4)]}`;
  return undefined;
}

/** Statuses of HPACK's static table (RFC 7541 appendix A), from index 8. */
const staticStatuses = [200, 204, 206, 304, 400, 404, 500];
const statusIndex = 8;

/** The status of a response's field block, whose first field it is. */
export function readStatus(block: Buffer): number {
  let at = 0;
  // Updates of the dynamic table's size come first.
  while (((block[at] ?? 0) & 0xe0) === 0x20) at++;
  const first = block[at] ?? 0;
  if ((first & 0x80) !== 0) return staticStatuses[(first & 0x7f) - statusIndex] ?? 0;
  const length = block[at + 1] ?? 0;
  const value = block.subarray(at + 2, at + 2 + (length & 0x7f));
  return Number((length & 0x80) === 0 ? value.toString('latin1') : decodeDigits(value));
}

/** Huffman code of three digits (RFC 7541 appendix B): 0 to 2 have five bits, the others six. */
function decodeDigits(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let text = '';
  for (let at = 0; text.length < 3;) {
    const short = Number.parseInt(bits.slice(at, at + 5), 2);
    const isShort = short <= 2;
    text += isShort ? short : Number.parseInt(bits.slice(at, at + 6), 2) - 0x16;
    at += isShort ? 5 : 6;
  }
  return text;
}
