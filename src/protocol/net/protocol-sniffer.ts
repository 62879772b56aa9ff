import type { Socket } from 'node:net';
import type { TimerWheel } from './timer-wheel.ts';
import { WheelEntry } from './timer-wheel.ts';
import type { OctetInput, OctetReceiver } from './socket-reader.ts';
import { readOctets } from './socket-reader.ts';

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

/** What a sniffer tells. */
export interface SniffEvents {
  /** `seen` has been read already: it goes to the codec before all that the socket still has. */
  onProtocol(protocol: SniffedProtocol, seen: Buffer): void;
  /** The sniffer is done with, before {@link onProtocol} or because the connection is gone. */
  onGone(): void;
}

/** Waits for the first bytes of a connection and tells what they are. One that says nothing in time is destroyed. */
export class ProtocolSniffer extends WheelEntry implements OctetReceiver {
  readonly #socket: Socket;
  readonly #wheel: TimerWheel;
  readonly #events: SniffEvents;
  readonly #input: OctetInput;
  #seen: Buffer | undefined = undefined;

  constructor(socket: Socket, options: SniffOptions, events: SniffEvents) {
    super();
    this.#socket = socket;
    this.#wheel = options.wheel;
    this.#events = events;
    this.#input = readOctets(socket, this);
    socket.on('close', this.#stop);
    socket.on('end', this.#onEnd);
    options.wheel.schedule(this, options.timeoutMs);
  }

  /** There is nothing under way that could be finished. */
  drain(): void {
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onTimer(): void {
    this.destroy();
  }

  receive(chunk: Buffer): void {
    const seen = this.#seen === undefined ? chunk : Buffer.concat([this.#seen, chunk]);
    const protocol = sniffProtocol(seen);
    if (protocol === undefined) {
      this.#seen = this.#input.keep(seen, 0, seen.length);
      return;
    }
    this.#stop();
    this.#events.onProtocol(protocol, seen);
  }

  /** The peer said less than a whole preface, and no more will come. */
  readonly #onEnd = (): void => {
    this.destroy();
  };

  readonly #stop = (): void => {
    this.#wheel.cancel(this);
    this.#input.stop();
    this.#socket.off('close', this.#stop);
    this.#socket.off('end', this.#onEnd);
    this.#events.onGone();
  };
}
