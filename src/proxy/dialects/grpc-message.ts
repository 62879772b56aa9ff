/**
 * Percent-encodes a text for `grpc-message`: every UTF-8 byte outside 0x20…`lastPlain` and `%` itself.
 * Source: gRPC over HTTP/2, "Percent-Encoded" (0x7e); Envoy stops at 0x7d.
 */
export function encodeGrpcMessage(text: string, lastPlain: 0x7d | 0x7e): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const isPlain = byte >= 0x20 && byte <= lastPlain && byte !== 0x25;
    encoded += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}
