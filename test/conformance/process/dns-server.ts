import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

const headerBytes = 12;
const typeA = 1;
const typeAaaa = 28;
const nameNotFound = 3;

/** A DNS server that knows the given names, without a final dot. */
export async function startDnsServer(
  records: Readonly<Record<string, readonly string[]>>,
): Promise<{ readonly port: number; close(): void }> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => socket.send(answer(query, records), peer.port, peer.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, close: () => void socket.close() };
}

/** RFC 1035 §4: one question, answered with addresses of the asked family. */
function answer(query: Buffer, records: Readonly<Record<string, readonly string[]>>): Buffer {
  const labels: string[] = [];
  let at = headerBytes;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const type = query.readUInt16BE(at + 1);
  const questionEnd = at + 5;
  const known = records[labels.join('.')];
  const addresses = (known ?? []).filter((address) => (isIPv6(address) ? type === typeAaaa : type === typeA));
  const header = Buffer.alloc(headerBytes);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (known === undefined ? nameNotFound : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.subarray(headerBytes, questionEnd), ...addresses.map(record)]);
}

function record(address: string): Buffer {
  const data = isIPv6(address) ? toIpv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | headerBytes, 0);
  head.writeUInt16BE(isIPv6(address) ? typeAaaa : typeA, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

/** Loopback is all that these tests know. */
function toIpv6Bytes(address: string): Buffer {
  if (address !== '::1') throw new TypeError(`${address} is not ::1`);
  const bytes = Buffer.alloc(16);
  bytes[15] = 1;
  return bytes;
}
