import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ConnectionInfo, TlsInfo } from '../http/stream.ts';

/** Who is at the other end of `socket`; taken once, because a closed socket no longer knows. */
export function toConnectionInfo(socket: Socket): ConnectionInfo {
  return {
    remoteAddress: plainAddress(socket.remoteAddress),
    remotePort: socket.remotePort ?? 0,
    localAddress: plainAddress(socket.localAddress),
    localPort: socket.localPort ?? 0,
    tls: socket instanceof TLSSocket ? toTlsInfo(socket) : undefined,
  };
}

function toTlsInfo(socket: TLSSocket): TlsInfo {
  const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher().standardName,
    serverName: socket.servername ? socket.servername : undefined,
    peerFingerprint: certificate?.fingerprint256.replaceAll(':', '').toLowerCase(),
    peerSubject: certificate?.subject.split('\n').join(','),
  };
}

/** A listener at `::` sees IPv4 peers as `::ffff:a.b.c.d`; they are IPv4 peers. */
function plainAddress(address: string | undefined): string {
  if (address === undefined) return '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
