import { ManualClock } from '../../src/core/manual-clock.ts';
import type { HeaderList } from '../../src/protocol/http/headers.ts';
import type { ServerStream, ServerStreamHandler, StreamAbortReason } from '../../src/protocol/http/stream.ts';
import { Http2ServerConnection } from '../../src/protocol/http2/http2-server-connection.ts';
import type { Http2Limits } from '../../src/protocol/http2/http2-settings.ts';
import { defaultHttp2Limits } from '../../src/protocol/http2/http2-settings.ts';
import { TimerWheel } from '../../src/protocol/net/timer-wheel.ts';
import { MemorySocket } from './memory-socket.ts';
import { frame, frameType, type H2Frame, preface, settings } from './raw-h2.ts';
import { WrittenFrames } from './written-frames.ts';

const info = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0, tls: undefined };

/** What a request's handler is told: `body abc`, `end`, `drain`, `abort protocol_error`, `complete`. */
export class SeenH2Request implements ServerStreamHandler {
  readonly stream: ServerStream;
  readonly told: string[] = [];
  body = '';
  trailers: HeaderList | undefined = undefined;
  onEnd: () => void = () => undefined;

  constructor(stream: ServerStream) {
    this.stream = stream;
  }

  onBody(chunk: Buffer): void {
    this.body += chunk.toString('latin1');
    this.told.push(`body ${chunk.toString('latin1')}`);
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.trailers = trailers;
    this.told.push('end');
    this.onEnd();
  }

  onDrain(): void {
    this.told.push('drain');
  }

  onAbort(reason: StreamAbortReason): void {
    this.told.push(`abort ${reason}`);
  }

  onComplete(): void {
    this.told.push('complete');
  }
}

/** A server's connection over a socket in memory, with a clock of its own: what a client sends and gets, frame by frame. */
export class H2Server {
  readonly socket: MemorySocket = new MemorySocket();
  readonly clock: ManualClock = new ManualClock();
  readonly wheel: TimerWheel = new TimerWheel(this.clock);
  readonly seen: SeenH2Request[] = [];
  readonly rejected: string[] = [];
  readonly connection: Http2ServerConnection;
  hasClosed = false;
  readonly #written: WrittenFrames = new WrittenFrames(this.socket);

  /** @param onRequest what happens to a request; nothing by default */
  constructor(
    limits: Partial<Http2Limits> = {},
    onRequest: (stream: ServerStream, seen: SeenH2Request) => void = () => undefined,
  ) {
    this.connection = new Http2ServerConnection(
      this.socket.asDuplex,
      { info, limits: { ...defaultHttp2Limits, ...limits }, wheel: this.wheel },
      {
        onRequest: (stream) => {
          const seen = new SeenH2Request(stream);
          stream.handler = seen;
          this.seen.push(seen);
          onRequest(stream, seen);
        },
        onReject: (reason) => this.rejected.push(reason),
        onClose: () => {
          this.hasClosed = true;
        },
      },
    );
  }

  /** The first request. */
  get first(): SeenH2Request {
    return this.seen[0] as SeenH2Request;
  }

  /** Sends the preface, our settings, and takes the server's; its first frames are not looked at. */
  async greet(...pairs: ReadonlyArray<readonly [id: number, value: number]>): Promise<this> {
    this.send(Buffer.from(preface, 'latin1'), settings(...pairs), frame(frameType.settings, 1, 0));
    await this.frames();
    return this;
  }

  /** Frames that the client sends in one piece. */
  send(...frames: readonly Uint8Array[]): void {
    this.connection.receive(Buffer.concat(frames));
  }

  /** What the client got since it looked last. */
  frames(): Promise<H2Frame[]> {
    return this.#written.take();
  }

  /** The fields of a HEADERS frame; blocks must be decoded in their order. */
  fields(headers: H2Frame): HeaderList {
    return this.#written.fields(headers);
  }
}

/** Answers 200 with a body. */
export function answer(stream: ServerStream, body = 'ok'): void {
  stream.sendHead({ status: 200, headers: [], bodyLength: body.length }, false);
  stream.sendData(Buffer.from(body));
  stream.sendEnd();
}
