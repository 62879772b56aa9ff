import { once } from 'node:events';
import type { ClientHttp2Session, ClientHttp2Stream, Settings } from 'node:http2';
import { connect } from 'node:http2';
import type { H2Frame } from './raw-h2.ts';
import { frame, frameFlag, frameType, RawH2Peer, settings } from './raw-h2.ts';
import type { RawServer } from './raw-http.ts';
import { listenRaw } from './raw-http.ts';

const prefaceBytes = 24;

/** A client of node:http2 with a server that shows the field blocks it writes and has it read any other. */
export class NodeH2Client {
  readonly #server: RawServer;
  readonly #session: ClientHttp2Session;
  readonly #peer: RawH2Peer;
  #stream: ClientHttp2Stream | undefined = undefined;
  #streamId = -1;

  private constructor(server: RawServer, session: ClientHttp2Session, peer: RawH2Peer) {
    this.#server = server;
    this.#session = session;
    this.#peer = peer;
  }

  /** @param options the client's settings: `headerTableSize` is the table in which it decodes */
  static async connect(options: Settings = {}): Promise<NodeH2Client> {
    const server = await listenRaw();
    const session = connect(`http://127.0.0.1:${server.port}`, { settings: options });
    const peer = new RawH2Peer(await server.peer(0), prefaceBytes);
    peer.send(settings(), frame(frameType.settings, frameFlag.ack, 0));
    await once(session, 'remoteSettings');
    return new NodeH2Client(server, session, peer);
  }

  /** Sends a request with these fields (flat, pseudo fields first) and returns its field block. */
  async encode(fields: readonly string[]): Promise<Buffer> {
    this.#stream?.destroy();
    this.#streamId += 2;
    this.#stream = this.#session.request([...fields], { endStream: true });
    this.#stream.on('error', () => undefined);
    const id = this.#streamId;
    const isOfBlock = ({ stream, type }: H2Frame): boolean =>
      stream === id && (type === frameType.headers || type === frameType.continuation);
    await this.#peer.until((part) => isOfBlock(part) && (part.flags & frameFlag.endHeaders) !== 0);
    return Buffer.concat(
      this.#peer
        .received()
        .filter(isOfBlock)
        .map(({ payload }) => payload),
    );
  }

  /** Answers the request made last with this field block; the fields that the client reads, flat. */
  async decode(block: Uint8Array): Promise<string[]> {
    const stream = this.#stream as ClientHttp2Stream;
    this.#peer.send(
      frame(frameType.headers, frameFlag.endHeaders | frameFlag.endStream, this.#streamId, block),
    );
    const [, , raw] = (await once(stream, 'response')) as [unknown, unknown, string[]];
    stream.resume();
    return raw;
  }

  async close(): Promise<void> {
    this.#session.destroy();
    await this.#server.close();
  }
}
