import { HpackDecoder } from '../../src/protocol/hpack/hpack-decoder.ts';
import type { HeaderList } from '../../src/protocol/http/headers.ts';
import type { MemorySocket } from './memory-socket.ts';
import type { H2Frame } from './raw-h2.ts';

const headerBytes = 9;

/** The frames that a connection writes to a socket in memory, as they come. */
export class WrittenFrames {
  readonly #socket: MemorySocket;
  readonly #decoder = new HpackDecoder(4096);
  #read: number;

  /** @param skipped octets before the first frame */
  constructor(socket: MemorySocket, skipped = 0) {
    this.#socket = socket;
    this.#read = skipped;
  }

  /** Those since it looked last. */
  async take(): Promise<H2Frame[]> {
    await turn();
    await turn();
    const found: H2Frame[] = [];
    const octets = this.#socket.written;
    while (octets.length >= this.#read + headerBytes) {
      const start = this.#read + headerBytes;
      const end = start + octets.readUIntBE(this.#read, 3);
      found.push({
        type: octets.readUInt8(this.#read + 3),
        flags: octets.readUInt8(this.#read + 4),
        stream: octets.readUInt32BE(this.#read + 5),
        payload: octets.subarray(start, end),
      });
      this.#read = end;
    }
    return found;
  }

  /** The fields of a HEADERS frame; blocks must be decoded in their order. */
  fields({ payload }: H2Frame): HeaderList {
    this.#decoder.decode(payload, 0, payload.length, { maxBytes: 1e6, maxFields: 1000 });
    return this.#decoder.fields;
  }
}

/** The end of a turn of the event loop, when what was gathered is written. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
