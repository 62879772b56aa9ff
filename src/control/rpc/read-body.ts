import type { IncomingMessage } from 'node:http';

/** What reading a body came to. */
export type BodyResult = { readonly kind: 'body'; readonly body: Uint8Array } | { readonly kind: 'tooLarge' };

/** Collects a body of at most `maxBytes`. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyResult> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return { kind: 'tooLarge' };
  const chunks: Buffer[] = [];
  let bytes = 0;
  // A plain `for await` would destroy the socket on return, and the answer could not be sent.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return { kind: 'tooLarge' };
    chunks.push(chunk);
  }
  return { kind: 'body', body: Buffer.concat(chunks, bytes) };
}
