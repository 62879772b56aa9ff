import type { Socket } from 'node:net';
import type { TimerWheel } from './timer-wheel.ts';
import { WheelEntry } from './timer-wheel.ts';

/** What a client speaks. */
export type SniffedProtocol = 'http/1.1' | 'h2';

/** The start of the HTTP/2 connection preface (RFC 9113 §3.4), as far as it takes to be sure. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n', 'latin1');

/** The protocol that the first bytes belong to; undefined while they are too few to tell (`P` may become `POST`). */
function sniffProtocol(bytes: Uint8Array): SniffedProtocol | undefined {
  const length = Math.min(bytes.length, preface.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== preface[i]) return 'http/1.1';
  return length === preface.length ? 'h2' : undefined;
}

/** How long to listen. */
export interface SniffOptions {
  readonly wheel: TimerWheel;
  readonly timeoutMs: number;
}

/**
 * Waits for the first bytes of a connection and tells what they are. The bytes are put back and the socket is paused,
 * so that a codec reads the connection from its start. A connection that says nothing in time is destroyed.
 */
export function sniffConnection(
  socket: Socket,
  options: SniffOptions,
  onProtocol: (protocol: SniffedProtocol) => void,
): void {
  const sniffer = new ProtocolSniffer(socket, options, onProtocol);
  options.wheel.schedule(sniffer, options.timeoutMs);
}

class ProtocolSniffer extends WheelEntry {
  readonly #socket: Socket;
  readonly #wheel: TimerWheel;
  readonly #onProtocol: (protocol: SniffedProtocol) => void;
  #seen: Buffer | undefined = undefined;

  constructor(socket: Socket, options: SniffOptions, onProtocol: (protocol: SniffedProtocol) => void) {
    super();
    this.#socket = socket;
    this.#wheel = options.wheel;
    this.#onProtocol = onProtocol;
    socket.on('data', this.#onData);
    socket.on('close', this.#stop);
    socket.on('end', this.#onEnd);
  }

  onTimer(): void {
    this.#socket.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#seen = this.#seen === undefined ? chunk : Buffer.concat([this.#seen, chunk]);
    const protocol = sniffProtocol(this.#seen);
    if (protocol === undefined) return;
    this.#stop();
    this.#socket.pause();
    this.#socket.unshift(this.#seen);
    this.#onProtocol(protocol);
  };

  /** The peer said less than a whole preface, and no more will come. */
  readonly #onEnd = (): void => {
    this.#socket.destroy();
  };

  readonly #stop = (): void => {
    this.#wheel.cancel(this);
    this.#socket.off('data', this.#onData);
    this.#socket.off('close', this.#stop);
    this.#socket.off('end', this.#onEnd);
  };
}
