import { retain } from '../../protocol/net/read-buffer.ts';

/** The body sent so far, kept for another try; bounded. Chunks are referenced, not copied. */
export class ReplayBuffer {
  readonly chunks: Uint8Array[] = [];
  bytes = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Returns false, and does not keep the chunk, when there is no room for it. */
  add(chunk: Uint8Array): boolean {
    if (this.bytes + chunk.length > this.#maxBytes) return false;
    retain(chunk);
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    return true;
  }
}
