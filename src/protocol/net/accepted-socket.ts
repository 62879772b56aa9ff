import type { SocketConstructorOpts } from 'node:net';
import { Socket } from 'node:net';
import { SocketReader } from './socket-reader.ts';

/** What Node keeps in a socket that a server accepted, under names of its own. */
interface AcceptedInternals {
  /** The connection itself, of libuv. */
  _handle?: object | null;
  /** Whose connections it counts among. */
  _server?: object | null;
}

/**
 * Moves an accepted connection into a socket that is read by a {@link SocketReader}. Node gives `onread` only to whoever
 * opens a socket (`net.connect`); through its stream, every read of a server's socket leaves a 64 KiB buffer behind,
 * and an upload 64 MiB of them. There is no public way: where Node does not keep a connection as expected, the socket
 * is returned as it is, and is read as a stream.
 *
 * @param accepted paused (`pauseOnConnect`), with no listeners yet
 */
export function adoptSocket(accepted: Socket): Socket {
  const from = accepted as AcceptedInternals;
  const { _handle: handle, _server: server } = from;
  if (typeof handle !== 'object' || handle === null || !('useUserBuffer' in handle) || server === undefined) {
    accepted.resume();
    return accepted;
  }
  from._handle = null;
  from._server = null;
  const reader = new SocketReader();
  const options: unknown = { handle, allowHalfOpen: accepted.allowHalfOpen, onread: reader.options };
  const socket = new Socket(options as SocketConstructorOpts);
  (socket as AcceptedInternals)._server = server;
  reader.attach(socket);
  return socket;
}
