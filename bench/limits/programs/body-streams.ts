import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

const chunk = Buffer.alloc(64 * 1024, 'a');

/** Writes that many bytes and ends; never ahead of what the other side takes. */
export async function writeBytes(to: Writable, bytes: number): Promise<void> {
  for (let left = bytes; left > 0; left -= chunk.length) {
    if (!to.write(left < chunk.length ? chunk.subarray(0, left) : chunk)) await once(to, 'drain');
  }
  to.end();
}

/** Reads to the end and keeps nothing. */
export async function countBytes(from: Readable): Promise<number> {
  let bytes = 0;
  for await (const part of from) bytes += (part as Buffer).length;
  return bytes;
}
