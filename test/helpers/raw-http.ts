import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** One end of a TCP connection that sends and sees bytes as they are. Text is latin1: one char per byte. */
export class RawPeer {
  readonly socket: Socket;
  /** Everything received so far. */
  text = '';
  hasEnded = false;
  isClosed = false;
  #wake: (() => void) | undefined = undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('latin1');
      this.#wake?.();
    });
    socket.on('end', () => {
      this.hasEnded = true;
      this.#wake?.();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.hasEnded = true;
      this.#wake?.();
    });
  }

  /** Connects to a port of this machine. */
  static async connect(port: number): Promise<RawPeer> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    return new RawPeer(socket);
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  /** Sends our end. */
  end(): void {
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  /** Waits until what was received fulfils the condition, or contains the text; fails when the peer ends before. */
  async until(condition: string | ((text: string) => boolean)): Promise<string> {
    const isMet = typeof condition === 'string' ? () => this.text.includes(condition) : condition;
    while (!isMet(this.text)) {
      if (this.hasEnded) throw new Error(`connection ended after ${JSON.stringify(this.text)}`);
      await this.#change();
    }
    return this.text;
  }

  /** Waits for the peer's end and returns all that was received. */
  async ended(): Promise<string> {
    while (!this.hasEnded) await this.#change();
    return this.text;
  }

  /** Returns what was received so far and forgets it. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }

  async #change(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}

/** A server whose connections are {@link RawPeer}s. */
export interface RawServer {
  readonly port: number;
  readonly peers: readonly RawPeer[];
  /** The connection with this number, as soon as it is there. */
  peer(index: number): Promise<RawPeer>;
  close(): Promise<void>;
}

/** Listens at a free port of this machine; each connection is given to `onPeer`. */
export async function listenRaw(onPeer: (peer: RawPeer) => void = () => undefined): Promise<RawServer> {
  const peers: RawPeer[] = [];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = new RawPeer(socket);
    peers.push(peer);
    onPeer(peer);
    server.emit('peer');
  });
  const port = await listen(server);
  return {
    port,
    peers,
    async peer(index) {
      while (peers.length <= index) await once(server, 'peer');
      return peers[index] as RawPeer;
    },
    async close() {
      for (const peer of peers) peer.destroy();
      await closeServer(server);
    },
  };
}

/** Lets `server` listen at a free port of this machine and returns the port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Stops listening and waits for the last connection to be gone. */
export async function closeServer(server: Server): Promise<void> {
  server.close();
  if (server.listening) await once(server, 'close');
}
