import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HeaderList } from '../http/headers.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  ResponseHead,
  UpstreamFailureReason,
} from '../http/stream.ts';
import type { SocketOutputOwner } from '../net/socket-output.ts';
import { SocketOutput } from '../net/socket-output.ts';
import type { OctetInput, OctetReceiver } from '../net/socket-reader.ts';
import { readOctets } from '../net/socket-reader.ts';
import { BodyDecoder, BodyResult } from './body-decoder.ts';
import type { Http1ClientSettings } from './client-settings.ts';
import type { Http1ClientStreamOwner } from './client-stream.ts';
import { Http1ClientStream } from './client-stream.ts';
import { HeadScanner, ScanResult } from './head-scanner.ts';
import { BodyFraming, MessageWriter } from './message-writer.ts';
import { frameRequest } from './request-framing.ts';
import { ResponseReader } from './response-reader.ts';
import { readTrailers } from './trailers.ts';

/** What a connection tells its pool. */
export interface Http1ClientEvents {
  /** The exchange is over and the connection can take another request. */
  onIdle(): void;
  /** Last call: the connection is gone, or of no use any more. */
  onClose(): void;
}

const Phase = {
  IDLE: 0,
  /** A request is under way, its final response's head is not read yet. */
  HEAD: 1,
  /** Within the response's body, or a tunnel. */
  BODY: 2,
  CLOSED: 3,
} as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** The client's half of one HTTP/1 connection. One request at a time, never pipelined. */
export class Http1ClientConnection implements Http1ClientStreamOwner, OctetReceiver, SocketOutputOwner {
  readonly #socket: Duplex;
  readonly #settings: Http1ClientSettings;
  readonly #events: Http1ClientEvents;
  readonly #scanner: HeadScanner;
  readonly #reader: ResponseReader = new ResponseReader();
  readonly #body: BodyDecoder;
  readonly #output: SocketOutput;
  readonly #writer: MessageWriter;
  readonly #input: OctetInput;
  #phase: Phase = Phase.IDLE;
  #stream: Http1ClientStream | undefined = undefined;
  /** Octets that came while the body was paused; nothing more is read meanwhile. */
  #held: Buffer | undefined = undefined;
  #isBodyPaused = false;
  #isParsing = false;
  #isTunnel = false;
  #hasToldClose = false;
  #interimResponses = 0;

  /**
   * @param socket connected (TLS: handshake done), with nothing read from it; with `allowHalfOpen`, or a tunnel's
   *   other direction ends with the server's
   */
  constructor(socket: Duplex, settings: Http1ClientSettings, events: Http1ClientEvents) {
    this.#socket = socket;
    this.#settings = settings;
    this.#events = events;
    this.#scanner = new HeadScanner(settings.headLimits);
    this.#body = new BodyDecoder(this.#scanner, {
      maxChunkExtensionBytes: settings.limits.maxChunkExtensionBytes,
      trailers: settings.trailerLimits,
    });
    this.#output = new SocketOutput(socket, this);
    this.#writer = new MessageWriter(this.#output);
    this.#input = readOctets(socket, this);
    this.#listen();
  }

  /** It can take a request now. */
  get isIdle(): boolean {
    return this.#phase === Phase.IDLE;
  }

  /** It can take no request any more. */
  get isClosed(): boolean {
    return this.#phase === Phase.CLOSED;
  }

  /**
   * Sends a request. The handler is called later, never from within.
   *
   * @param endsNow no body follows; otherwise it is sent through the stream and ended with `sendEnd`
   * @throws TypeError while another request is under way, and for a head that cannot be written
   */
  request(head: RequestHead, handler: ClientStreamHandler, endsNow: boolean): ClientStream {
    const stream = new Http1ClientStream(this, head, handler);
    const outgoing = frameRequest(head, endsNow);
    if (outgoing === undefined) throw new TypeError('method, target and authority must be visible ASCII');
    if (this.#phase === Phase.CLOSED) {
      process.nextTick(failUnsent, stream);
      return stream;
    }
    if (this.#phase !== Phase.IDLE) throw new TypeError('a request is under way on this connection');
    this.#phase = Phase.HEAD;
    this.#stream = stream;
    this.#interimResponses = 0;
    this.#scanner.reset('response', this.#settings.headLimits);
    this.#writer.start(outgoing);
    if (outgoing.framing === BodyFraming.NONE) stream.hasEnded = endsNow || head.upgrade !== undefined;
    return stream;
  }

  /** Closes now; a request under way fails as `local_reset`. */
  destroy(): void {
    this.#fail('local_reset');
  }

  /** Takes octets as if they came from the socket. */
  receive(chunk: Buffer): void {
    if (this.#held === undefined) this.#parse(chunk);
    else this.#held = Buffer.concat([this.#held, chunk]);
  }

  onBlocked(): void {}

  onWritable(): void {
    this.#stream?.handler.onDrain();
  }

  #listen(): void {
    const socket = this.#socket;
    if (socket instanceof Socket) socket.setNoDelay(true);
    socket.on('end', () => this.#onEnd());
    socket.on('error', () => this.#fail('connection_termination'));
    socket.on('close', () => this.#fail('connection_termination'));
  }

  // Reading

  #parse(chunk: Buffer): void {
    this.#isParsing = true;
    let position = 0;
    while (position < chunk.length) {
      if (this.#phase === Phase.HEAD) position = this.#readHead(chunk, position);
      else if (this.#phase === Phase.BODY && !this.#isBodyPaused) position = this.#readBody(chunk, position);
      else if (this.#phase === Phase.BODY) {
        this.#held = this.#input.keep(chunk, position, chunk.length);
        break;
      } else {
        // Nobody asked for these: whatever answer comes next would belong to something else.
        this.#close();
        break;
      }
    }
    this.#isParsing = false;
  }

  /** @internal Goes on with what was held back. */
  resumeHeld(): void {
    const held = this.#held;
    if (this.#isParsing || this.#isBodyPaused || this.#phase === Phase.CLOSED) return;
    this.#held = undefined;
    if (held !== undefined) this.#parse(held);
    if (this.#held === undefined && !this.#isBodyPaused) this.#socket.resume();
  }

  #readHead(chunk: Buffer, from: number): number {
    const scanner = this.#scanner;
    const result = scanner.push(chunk, from);
    if (result === ScanResult.MORE) return chunk.length;
    const stream = this.#stream;
    if (result === ScanResult.FAILED || stream === undefined) this.#fail('protocol_error');
    else this.#takeHead(stream, scanner.consumed < chunk.length);
    return scanner.consumed;
  }

  #takeHead(stream: Http1ClientStream, hasMore: boolean): void {
    const reader = this.#reader;
    const head = reader.read(this.#scanner, stream.head.method);
    if (head === undefined) this.#fail('protocol_error');
    else if (head.status === 101) this.#startTunnel(stream, head);
    else if (head.status < 200) this.#takeInterim(stream, head);
    else {
      stream.hasResponse = true;
      if (reader.framing === BodyFraming.NONE) this.#takeWhole(stream, head, hasMore);
      else this.#startBody(stream, head);
    }
  }

  #takeInterim(stream: Http1ClientStream, head: ResponseHead): void {
    if (++this.#interimResponses > this.#settings.limits.maxInterimResponses) {
      this.#fail('protocol_error');
      return;
    }
    this.#scanner.reset('response', this.#settings.headLimits);
    // 100 is between us and the server: we never ask for it.
    if (head.status !== 100) stream.handler.onInformational(head.status, head.headers);
  }

  #takeWhole(stream: Http1ClientStream, head: ResponseHead, hasMore: boolean): void {
    this.#finish(stream, hasMore);
    stream.handler.onHead(head, true);
    this.#tellIdle();
  }

  #startBody(stream: Http1ClientStream, head: ResponseHead): void {
    this.#phase = Phase.BODY;
    const { framing } = this.#reader;
    if (framing === BodyFraming.CHUNKED) this.#body.startChunked();
    else if (framing === BodyFraming.LENGTH) this.#body.startLength(head.bodyLength);
    else this.#body.startUntilClose();
    this.#input.expectMuch(true);
    stream.handler.onHead(head, false);
  }

  #readBody(chunk: Buffer, from: number): number {
    const body = this.#body;
    const result = body.step(chunk, from);
    const { position, dataStart, dataEnd } = body;
    const stream = this.#stream;
    if (result === BodyResult.FAILED || stream === undefined) {
      this.#fail('protocol_error');
      return position;
    }
    if (result === BodyResult.DATA) stream.handler.onBody(this.#input.keep(chunk, dataStart, dataEnd));
    if (body.isDone && this.#stream === stream) this.#endBody(stream, position < chunk.length);
    return position;
  }

  #endBody(stream: Http1ClientStream, hasMore: boolean): void {
    const trailers = this.#reader.framing === BodyFraming.CHUNKED ? this.#readTrailers() : undefined;
    this.#finish(stream, hasMore);
    stream.handler.onBodyEnd(trailers);
    this.#tellIdle();
  }

  #readTrailers(): HeaderList | undefined {
    if (this.#scanner.fieldCount === 0) return undefined;
    return readTrailers(this.#scanner, this.#reader.nominated, this.#settings.acceptTrailer);
  }

  /** The response is whole. The connection goes on only if the request is, too, and nothing follows the response. */
  #finish(stream: Http1ClientStream, hasMore: boolean): void {
    if (this.#isBodyPaused) {
      this.#isBodyPaused = false;
      this.#socket.resume();
    }
    this.#stream = undefined;
    this.#input.expectMuch(false);
    if (!this.#reader.keepAlive || !stream.hasEnded || hasMore) this.#close();
    else this.#phase = Phase.IDLE;
  }

  #startTunnel(stream: Http1ClientStream, head: ResponseHead): void {
    if (stream.head.upgrade === undefined || this.#reader.switchesTo !== stream.head.upgrade) {
      this.#fail('protocol_error');
      return;
    }
    this.#isTunnel = true;
    stream.hasResponse = true;
    stream.hasEnded = false;
    this.#phase = Phase.BODY;
    this.#body.startUntilClose();
    this.#input.expectMuch(true);
    this.#writer.startTunnel();
    stream.handler.onHead(head, false);
  }

  #onEnd(): void {
    const stream = this.#stream;
    if (stream === undefined || this.#phase !== Phase.BODY || !this.#body.endsWithConnection) {
      this.#fail('connection_termination');
      return;
    }
    stream.hasInputEnded = true;
    if (!this.#isTunnel || stream.hasEnded) this.#stream = undefined;
    stream.handler.onBodyEnd(undefined);
    if (!this.#isTunnel) this.#close();
    else if (stream.hasEnded) this.#closeWhenWritten();
  }

  // Writing: what the streams call

  sendData(stream: Http1ClientStream, chunk: Uint8Array): boolean {
    if (this.#stream !== stream || stream.hasEnded) return true;
    if (!this.#writer.data(chunk)) this.#fail('local_reset');
    return !this.#output.isBlocked;
  }

  sendEnd(stream: Http1ClientStream, trailers: HeaderList | undefined): void {
    if (this.#stream !== stream || stream.hasEnded) return;
    stream.hasEnded = true;
    if (!this.#writer.end(trailers)) this.#fail('local_reset');
    else if (this.#isTunnel) this.#endTunnelOutput(stream);
  }

  pauseBody(stream: Http1ClientStream): void {
    if (this.#stream !== stream || this.#phase !== Phase.BODY) return;
    this.#isBodyPaused = true;
    this.#socket.pause();
  }

  resumeBody(stream: Http1ClientStream): void {
    if (this.#stream !== stream || !this.#isBodyPaused) return;
    this.#isBodyPaused = false;
    process.nextTick(resumeHeld, this);
  }

  abort(stream: Http1ClientStream): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#close();
  }

  #endTunnelOutput(stream: Http1ClientStream): void {
    this.#output.flush();
    this.#socket.end();
    if (!stream.hasInputEnded) return;
    this.#stream = undefined;
    this.#closeWhenWritten();
  }

  /** Destroying the socket earlier would take back what it has not yet given to the kernel. */
  #closeWhenWritten(): void {
    if (this.#socket.writableFinished) this.#close();
    else this.#socket.once('finish', () => this.#close());
  }

  // Closing

  #fail(reason: UpstreamFailureReason): void {
    const stream = this.#stream;
    const requestSent = this.#writer.hasWritten;
    this.#stream = undefined;
    this.#close();
    stream?.handler.onError({
      reason,
      transport: undefined,
      requestSent,
      responseStarted: stream.hasResponse,
    });
  }

  #close(): void {
    this.#phase = Phase.CLOSED;
    this.#held = undefined;
    this.#socket.destroy();
    if (this.#hasToldClose) return;
    this.#hasToldClose = true;
    this.#events.onClose();
  }

  #tellIdle(): void {
    if (this.#phase === Phase.IDLE) this.#events.onIdle();
  }
}

function failUnsent(stream: Http1ClientStream): void {
  if (stream.isAborted) return;
  const reason = 'connection_termination';
  stream.handler.onError({ reason, transport: undefined, requestSent: false, responseStarted: false });
}

function resumeHeld(connection: Http1ClientConnection): void {
  connection.resumeHeld();
}
