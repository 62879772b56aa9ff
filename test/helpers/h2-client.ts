import { ManualClock } from '../../src/core/manual-clock.ts';
import type { HeaderList } from '../../src/protocol/http/headers.ts';
import { requestHead } from '../../src/protocol/http/request-head.fixture.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  UpstreamFailure,
} from '../../src/protocol/http/stream.ts';
import type { Http2ClientOptions } from '../../src/protocol/http2/http2-client-connection.ts';
import { Http2ClientConnection } from '../../src/protocol/http2/http2-client-connection.ts';
import { TimerWheel } from '../../src/protocol/net/timer-wheel.ts';
import { MemorySocket } from './memory-socket.ts';
import { frame, frameFlag, frameType, type H2Frame, preface, settings } from './raw-h2.ts';
import { WrittenFrames } from './written-frames.ts';

/** What a request's handler is told: `interim 103`, `head 200`, `body abc`, `end`, `drain`, `error protocol_error`. */
export class SeenH2Response implements ClientStreamHandler {
  readonly told: string[] = [];
  stream: ClientStream | undefined = undefined;
  head: ResponseHead | undefined = undefined;
  body = '';
  trailers: HeaderList | undefined = undefined;
  failure: UpstreamFailure | undefined = undefined;
  /** Called with whatever is told, within the callback. */
  onTold: (told: string) => void = () => undefined;

  onInformational(status: number): void {
    this.#tell(`interim ${status}`);
  }

  onHead(head: ResponseHead, ended: boolean): void {
    this.head = head;
    this.#tell(`head ${head.status}`);
    if (ended) this.#tell('end');
  }

  onBody(chunk: Buffer): void {
    this.body += chunk.toString('latin1');
    this.#tell(`body ${chunk.toString('latin1')}`);
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.trailers = trailers;
    this.#tell('end');
  }

  onDrain(): void {
    this.#tell('drain');
  }

  onError(failure: UpstreamFailure): void {
    this.failure = failure;
    this.#tell(`error ${failure.reason}`);
  }

  #tell(what: string): void {
    this.told.push(what);
    this.onTold(what);
  }
}

/** A client's connection over a socket in memory, with a clock of its own: what a backend sends and gets, frame by frame. */
export class H2Client {
  readonly socket: MemorySocket = new MemorySocket();
  readonly clock: ManualClock = new ManualClock();
  readonly wheel: TimerWheel = new TimerWheel(this.clock);
  readonly connection: Http2ClientConnection;
  /** What its pool is told: `available`, `draining`, `close`. */
  readonly told: string[] = [];
  readonly #written: WrittenFrames = new WrittenFrames(this.socket, preface.length);

  constructor(options: Http2ClientOptions = {}) {
    const tell = (what: string) => (): void => {
      this.told.push(what);
    };
    this.connection = new Http2ClientConnection(
      this.socket.asDuplex,
      { ...options, wheel: this.wheel },
      { onAvailable: tell('available'), onDraining: tell('draining'), onClose: tell('close') },
    );
  }

  /** Sends the backend's settings and takes the client's; its first frames are not looked at. */
  async greet(...pairs: ReadonlyArray<readonly [id: number, value: number]>): Promise<this> {
    this.send(settings(...pairs), frame(frameType.settings, frameFlag.ack, 0));
    await this.frames();
    return this;
  }

  /** A request: GET / without body unless `head` says otherwise. */
  request(head: Partial<RequestHead> = {}, seen: SeenH2Response = new SeenH2Response()): SeenH2Response {
    const whole = requestHead(head);
    const endsNow = whole.bodyLength === 0 && whole.upgrade === undefined;
    seen.stream = this.connection.request(whole, seen, endsNow);
    return seen;
  }

  /** Frames that the backend sends in one piece. */
  send(...frames: readonly Uint8Array[]): void {
    this.connection.receive(Buffer.concat(frames));
  }

  /** What the backend got since it looked last. */
  frames(): Promise<H2Frame[]> {
    return this.#written.take();
  }

  /** The fields of a HEADERS frame; blocks must be decoded in their order. */
  fields(headers: H2Frame): HeaderList {
    return this.#written.fields(headers);
  }
}
