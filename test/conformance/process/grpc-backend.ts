import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';

/** A message of one field 1 (varint) and one field 2 (text), as a shelf is: enough of protobuf for these tests. */
export function encodeShelf(id: number, theme: string): Buffer {
  const text = Buffer.from(theme);
  const field2 = text.length === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.of(0x12, text.length), text]);
  return Buffer.concat([Buffer.of(0x08, ...varint(id)), field2]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** A gRPC message with its five-byte prefix. */
export function grpcFrame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

const knownShelf = 100;
const notFound = 5;

/** A unary backend: GetShelf knows one shelf, ReturnBadStatus ends with a code that gRPC does not define. */
export function answerGrpc(request: Http2ServerRequest, response: Http2ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const method = request.url.split('/').at(-1) ?? '';
    const message = Buffer.concat(chunks).subarray(5);
    const isKnown = message.equals(encodeShelf(knownShelf, ''));
    const status = method === 'ReturnBadStatus' ? 74 : method === 'GetShelf' && !isKnown ? notFound : 0;
    response.writeHead(200, { 'content-type': 'application/grpc', trailer: 'grpc-status' });
    response.stream.once('wantTrailers', () => undefined);
    response.addTrailers({ 'grpc-status': String(status) });
    if (status === 0) response.write(grpcFrame(encodeShelf(knownShelf, 'Kids')));
    response.end();
  });
}
