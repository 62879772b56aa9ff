import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HeaderList } from '../http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  StreamAbortReason,
} from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { BodyDecoder, BodyResult } from './body-decoder.ts';
import { Deadline } from './deadline.ts';
import { statusLine } from './status-line.ts';
import { HeadScanner, ScanResult } from './head-scanner.ts';
import { BodyFraming, MessageWriter } from './message-writer.ts';
import type { Http1Problem, Http1Rejection } from './problem.ts';
import { createRejection } from './problem.ts';
import { RequestReader } from './request-reader.ts';
import { frameResponse, frameSwitch } from './response-framing.ts';
import type { Http1ServerSettings } from './server-settings.ts';
import type { Http1StreamOwner } from './server-stream.ts';
import { Http1ServerStream } from './server-stream.ts';
import { readTrailers } from './trailers.ts';

/** What a connection tells its listener. */
export interface Http1ServerEvents {
  /** A request arrived. The receiver sets `stream.handler` before it returns. */
  onRequest(stream: ServerStream): void;
  /** A request was refused and answered; {@link onRequest} was not called for it. */
  onRejection(rejection: Http1Rejection): void;
  /** Last call: the connection is gone. */
  onClose(): void;
}

const Phase = {
  /** Between requests or within a head. */
  HEAD: 0,
  /** Within a body, wanted or not, or a tunnel. */
  BODY: 1,
  /** The request is whole; its response is not. */
  RESPONSE: 2,
  /** Our last octet is written; what still comes is dropped. */
  LINGER: 3,
  CLOSED: 4,
} as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** The server's half of one HTTP/1 connection. One request at a time: a pipelined one waits, unread, for its turn. */
export class Http1ServerConnection implements Http1StreamOwner {
  readonly info: ConnectionInfo;
  readonly #socket: Duplex;
  readonly #settings: Http1ServerSettings;
  readonly #events: Http1ServerEvents;
  readonly #scanner: HeadScanner;
  readonly #reader: RequestReader;
  readonly #body: BodyDecoder;
  readonly #writer: MessageWriter;
  readonly #readDeadline: Deadline;
  readonly #writeDeadline: Deadline;
  #phase: Phase = Phase.HEAD;
  #stream: Http1ServerStream | undefined = undefined;
  /** Octets that wait for the current request, or for a paused body; nothing more is read meanwhile. */
  #held: Buffer | undefined = undefined;
  #isParsing = false;
  #isBodyPaused = false;
  #isDraining = false;
  #isTunnel = false;
  #awaitsContinue = false;
  #hasPeerEnded = false;
  #lingeredBytes = 0;
  #discardedBytes = 0;

  /** @param socket connected (TLS: handshake done); paused, with what was read put back by `unshift`, or fresh */
  constructor(
    socket: Duplex,
    options: { readonly info: ConnectionInfo; readonly settings: Http1ServerSettings },
    events: Http1ServerEvents,
  ) {
    const { info, settings } = options;
    this.info = info;
    this.#socket = socket;
    this.#settings = settings;
    this.#events = events;
    this.#scanner = new HeadScanner(settings.headLimits);
    this.#reader = new RequestReader(settings, info.tls === undefined ? 'http' : 'https');
    this.#body = new BodyDecoder(this.#scanner, {
      maxChunkExtensionBytes: settings.limits.maxChunkExtensionBytes,
      trailers: settings.trailerLimits,
    });
    this.#readDeadline = new Deadline(settings.wheel, () => this.#onReadTimeout());
    this.#writeDeadline = new Deadline(settings.wheel, () => this.destroy());
    this.#writer = new MessageWriter(socket, () => this.#writeDeadline.set(settings.timeouts.writeStallMs));
    this.#awaitRequest();
    // A connection that says nothing at all gets the time of a head, not of a pause between two requests.
    this.#readDeadline.set(settings.timeouts.headMs);
    this.#listen();
  }

  /** Finishes the request under way, if any, and closes. */
  drain(): void {
    this.#isDraining = true;
    if (this.#phase !== Phase.HEAD || this.#scanner.hasStarted) return;
    this.#linger();
  }

  /** Closes now; a request under way is aborted as `local_close`. */
  destroy(): void {
    this.#close('local_close');
  }

  /** Takes octets as if they came from the socket. */
  receive(chunk: Buffer): void {
    if (this.#held === undefined) this.#parse(chunk, 0);
    else this.#held = Buffer.concat([this.#held, chunk]);
  }

  #listen(): void {
    const socket = this.#socket;
    if (socket instanceof Socket) socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('end', () => this.#onEnd());
    socket.on('drain', () => this.#onDrain());
    socket.on('finish', () => this.#onFinish());
    socket.on('error', () => this.#close('remote_disconnect'));
    socket.on('close', () => this.#onClose());
    socket.resume();
  }

  // Reading

  #parse(chunk: Buffer, from: number): void {
    this.#isParsing = true;
    let position = from;
    while (position < chunk.length) {
      if (this.#phase === Phase.HEAD) position = this.#readHead(chunk, position);
      else if (this.#phase === Phase.BODY && !this.#isBodyPaused) position = this.#readBody(chunk, position);
      else if (this.#phase >= Phase.LINGER) {
        this.#discard(chunk.length - position);
        break;
      } else {
        this.#held = position === 0 ? chunk : chunk.subarray(position);
        this.#socket.pause();
        break;
      }
    }
    this.#isParsing = false;
  }

  /** @internal Goes on with what was held back. */
  resumeHeld(): void {
    const held = this.#held;
    if (this.#isParsing || this.#isBodyPaused || this.#phase === Phase.RESPONSE) return;
    this.#held = undefined;
    if (held !== undefined) this.#parse(held, 0);
    if (this.#held === undefined && !this.#isBodyPaused && this.#phase !== Phase.CLOSED)
      this.#socket.resume();
  }

  #awaitRequest(): void {
    this.#phase = Phase.HEAD;
    this.#scanner.reset('request', this.#settings.headLimits);
    this.#readDeadline.set(this.#settings.timeouts.keepAliveMs);
  }

  #readHead(chunk: Buffer, from: number): number {
    const scanner = this.#scanner;
    const hadStarted = scanner.hasStarted;
    const result = scanner.push(chunk, from);
    if (result === ScanResult.MORE) {
      if (!hadStarted && scanner.hasStarted) this.#readDeadline.set(this.#settings.timeouts.headMs);
      return chunk.length;
    }
    if (result === ScanResult.COMPLETE) this.#startRequest();
    else this.#reject(scanner.problem, undefined);
    return scanner.consumed;
  }

  #startRequest(): void {
    const reader = this.#reader;
    const request = reader.read(this.#scanner);
    if (reader.problem !== undefined || request === undefined) {
      this.#reject(reader.problem ?? 'invalid_request_line', request);
      return;
    }
    const { maxBodyBytes } = this.#settings.limits;
    if (maxBodyBytes > 0 && request.bodyLength > maxBodyBytes) {
      this.#reject('body_too_large', request);
      return;
    }
    const closes = !reader.keepAlive || this.#isDraining || this.#hasPeerEnded;
    const stream = new Http1ServerStream(this, request, closes);
    this.#stream = stream;
    this.#discardedBytes = 0;
    if (request.bodyLength === 0) {
      this.#phase = Phase.RESPONSE;
      this.#readDeadline.clear();
    } else this.#startBody(request);
    this.#events.onRequest(stream);
    if (
      request.bodyLength === 0 &&
      request.upgrade === undefined &&
      this.#isCurrent(stream) &&
      !stream.hasEnded
    )
      stream.handler.onBodyEnd(undefined);
  }

  #startBody(request: RequestHead): void {
    this.#phase = Phase.BODY;
    if (request.bodyLength === unknownLength) this.#body.startChunked();
    else this.#body.startLength(request.bodyLength);
    this.#readDeadline.set(this.#settings.timeouts.bodyIdleMs);
    this.#awaitsContinue = this.#reader.expectsContinue;
    if (this.#awaitsContinue && this.#settings.expectContinue === 'immediate') this.#continue();
  }

  #continue(): void {
    this.#awaitsContinue = false;
    this.#writer.writeInterim(statusLine(100), []);
  }

  #readBody(chunk: Buffer, from: number): number {
    const body = this.#body;
    const result = body.step(chunk, from);
    const { position } = body;
    if (result === BodyResult.FAILED) this.#failBody(body.problem, 'protocol_error');
    else if (result === BodyResult.DONE) this.#endBody();
    else if (result === BodyResult.DATA) this.#takeContent(chunk, body.dataStart, body.dataEnd);
    else this.#rearmBody();
    return position;
  }

  #takeContent(chunk: Buffer, start: number, end: number): void {
    const { maxBodyBytes } = this.#settings.limits;
    if (maxBodyBytes > 0 && !this.#isTunnel && this.#body.received > maxBodyBytes) {
      this.#failBody('body_too_large', 'body_too_large');
      return;
    }
    this.#awaitsContinue = false;
    const stream = this.#stream;
    if (stream === undefined || stream.hasEnded) this.#countDiscarded(end - start);
    else stream.handler.onBody(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
    if (this.#phase !== Phase.BODY) return;
    if (this.#body.isDone) this.#endBody();
    else this.#rearmBody();
  }

  #rearmBody(): void {
    if (!this.#isBodyPaused && !this.#isTunnel) this.#readDeadline.set(this.#settings.timeouts.bodyIdleMs);
  }

  /** The rest of a body whose request is answered already. */
  #countDiscarded(bytes: number): void {
    this.#discardedBytes += bytes;
    if (this.#discardedBytes > this.#settings.limits.maxDiscardBytes && this.#stream === undefined)
      this.#linger();
  }

  #endBody(): void {
    const stream = this.#stream;
    const isChunked = stream?.request.bodyLength === unknownLength;
    this.#phase = Phase.RESPONSE;
    this.#readDeadline.clear();
    if (this.#isBodyPaused) {
      this.#isBodyPaused = false;
      this.#socket.resume();
    }
    if (stream === undefined) this.#goOn();
    else if (!stream.hasEnded) stream.handler.onBodyEnd(isChunked ? this.#readTrailers() : undefined);
  }

  /** The rest of an answered request is read away. */
  #goOn(): void {
    if (this.#isDraining) this.#linger();
    else this.#awaitRequest();
  }

  #readTrailers(): HeaderList | undefined {
    const { underscores, acceptTrailer } = this.#settings;
    if (this.#scanner.fieldCount === 0) return undefined;
    const accepts = (name: string): boolean =>
      acceptTrailer(name) && (underscores === 'allow' || !name.includes('_'));
    return readTrailers(this.#scanner, this.#reader.nominated, accepts);
  }

  #onEnd(): void {
    this.#hasPeerEnded = true;
    const stream = this.#stream;
    if (this.#phase === Phase.LINGER) this.#closeWhenWritten();
    else if (this.#isTunnel && stream !== undefined) this.#endTunnelInput(stream);
    else if (stream !== undefined && this.#phase === Phase.RESPONSE && this.#settings.halfClose === 'serve')
      stream.closes = true;
    else this.#close('remote_disconnect');
  }

  #onReadTimeout(): void {
    if (this.#phase === Phase.BODY && !this.#isTunnel) this.#failBody('body_timeout', 'body_timeout');
    else if (this.#phase === Phase.HEAD && this.#scanner.hasStarted) this.#reject('head_timeout', undefined);
    else this.destroy();
  }

  // Refusing

  #reject(problem: Http1Problem, request: RequestHead | undefined): void {
    const rejection = createRejection(problem, request);
    this.#events.onRejection(rejection);
    this.#sendRejection(rejection);
  }

  /** A body that cannot go on: its request gets an error if it has no response yet. */
  #failBody(problem: Http1Problem, reason: StreamAbortReason): void {
    const stream = this.#stream;
    if (stream === undefined || stream.hasResponded) {
      this.#close(reason);
      return;
    }
    this.#stream = undefined;
    this.#sendRejection(createRejection(problem, stream.request));
    stream.handler.onAbort(reason);
  }

  #sendRejection(rejection: Http1Rejection): void {
    const { status, headers, body } = this.#settings.renderRejection(rejection);
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const isHead = rejection.request?.method === 'HEAD';
    const head = {
      startLine: statusLine(status),
      headers,
      ownLines: `${this.#settings.date.line}content-length: ${bytes.length}\r\nconnection: close\r\n`,
      ownLineCount: 3,
      framing: isHead ? BodyFraming.NONE : BodyFraming.LENGTH,
      length: bytes.length,
    };
    this.#writer.start(head, true);
    this.#writer.data(bytes);
    this.#writer.end(undefined);
    this.#linger();
  }

  // Writing: what the streams call

  pauseBody(stream: Http1ServerStream): void {
    if (!this.#isCurrent(stream) || this.#phase !== Phase.BODY) return;
    this.#isBodyPaused = true;
    this.#readDeadline.clear();
    this.#socket.pause();
  }

  resumeBody(stream: Http1ServerStream): void {
    if (!this.#isCurrent(stream) || !this.#isBodyPaused) return;
    this.#isBodyPaused = false;
    this.#rearmBody();
    this.#resumeLater();
  }

  sendInformational(stream: Http1ServerStream, status: number, headers: HeaderList): void {
    if (!this.#isCurrent(stream) || stream.hasResponded || stream.request.version === 'HTTP/1.0') return;
    if (status === 100) {
      if (this.#awaitsContinue) this.#continue();
    } else this.#writer.writeInterim(statusLine(status), headers);
  }

  sendHead(stream: Http1ServerStream, head: ResponseHead, end: boolean): void {
    if (!this.#isCurrent(stream) || stream.hasResponded) return;
    const { request } = stream;
    stream.hasResponded = true;
    if (head.status === 101 && request.upgrade !== undefined) {
      this.#startTunnel(request.upgrade, head.headers);
      return;
    }
    if (head.status < 200) throw new TypeError(`${head.status} is not a final status`);
    if (request.upgrade !== undefined || this.#isDraining || this.#cannotGoOn()) stream.closes = true;
    if (request.version === 'HTTP/1.0' && !end && head.bodyLength === unknownLength) stream.closes = true;
    const dateLine = this.#settings.date.line;
    this.#writer.start(frameResponse(request, head, { end, close: stream.closes, dateLine }), end);
    if (end) this.#endResponse(stream, undefined);
  }

  sendData(stream: Http1ServerStream, chunk: Uint8Array): boolean {
    if (!this.#isCurrent(stream) || stream.hasEnded) return true;
    if (!this.#writer.data(chunk)) this.abort(stream);
    return !this.#socket.writableNeedDrain;
  }

  sendEnd(stream: Http1ServerStream, trailers: HeaderList | undefined): void {
    if (this.#isCurrent(stream) && !stream.hasEnded) this.#endResponse(stream, trailers);
  }

  abort(stream: Http1ServerStream): void {
    if (!this.#isCurrent(stream)) return;
    this.#stream = undefined;
    this.#close('local_close');
  }

  /** Whether too much of the request is missing for the connection to be of use after its response. */
  #cannotGoOn(): boolean {
    if (this.#phase !== Phase.BODY) return false;
    const { maxDiscardBytes } = this.#settings.limits;
    return (
      this.#awaitsContinue || maxDiscardBytes === 0 || (this.#body.knownRemaining ?? 0) > maxDiscardBytes
    );
  }

  #endResponse(stream: Http1ServerStream, trailers: HeaderList | undefined): void {
    stream.hasEnded = true;
    if (!this.#writer.end(trailers)) {
      this.abort(stream);
      return;
    }
    if (this.#isTunnel) this.#endTunnelOutput();
    else if (!this.#socket.writableNeedDrain) this.#complete(stream);
  }

  /** The response is with the kernel. */
  #complete(stream: Http1ServerStream): void {
    this.#stream = undefined;
    this.#isBodyPaused = false;
    if (stream.closes || this.#isDraining || this.#cannotGoOn()) this.#linger();
    else if (this.#phase === Phase.RESPONSE) this.#awaitRequest();
    else this.#rearmBody();
    stream.handler.onComplete();
    if (this.#held !== undefined || this.#socket.isPaused()) this.#resumeLater();
  }

  /** Not now: the caller is in the middle of something else. */
  #resumeLater(): void {
    process.nextTick(resumeHeld, this);
  }

  #onDrain(): void {
    this.#writeDeadline.clear();
    const stream = this.#stream;
    if (stream === undefined) return;
    if (!stream.hasEnded) stream.handler.onDrain();
    else if (!this.#isTunnel) this.#complete(stream);
  }

  // Tunnels

  #startTunnel(protocol: string, headers: HeaderList): void {
    this.#isTunnel = true;
    this.#phase = Phase.BODY;
    this.#body.startUntilClose();
    this.#writer.start(frameSwitch(protocol, headers), true);
    this.#writer.flush();
    if (this.#held !== undefined) this.#resumeLater();
  }

  #endTunnelInput(stream: Http1ServerStream): void {
    this.#phase = Phase.RESPONSE;
    this.#readDeadline.clear();
    if (stream.hasEnded) this.#completeTunnel(stream);
    else stream.handler.onBodyEnd(undefined);
  }

  /** Our direction is over; the other one may go on for a while. */
  #endTunnelOutput(): void {
    this.#socket.end();
    const stream = this.#stream;
    if (this.#hasPeerEnded && stream !== undefined) this.#completeTunnel(stream);
    else this.#readDeadline.set(this.#settings.timeouts.bodyIdleMs);
  }

  #completeTunnel(stream: Http1ServerStream): void {
    this.#stream = undefined;
    this.#close('local_close');
    stream.handler.onComplete();
  }

  // Closing

  #isCurrent(stream: Http1ServerStream): boolean {
    return this.#stream === stream;
  }

  /**
   * Ends our direction and drops what still comes for a while: closing at once would let the kernel answer it with a
   * reset, which can cost the client the response (RFC 9112 §9.6).
   */
  #linger(): void {
    if (this.#phase >= Phase.LINGER) return;
    this.#phase = Phase.LINGER;
    this.#held = undefined;
    this.#isBodyPaused = false;
    this.#writer.flush();
    this.#socket.end();
    this.#readDeadline.clear();
    if (this.#socket.writableLength > 0) this.#writeDeadline.set(this.#settings.timeouts.writeStallMs);
    this.#socket.resume();
    if (this.#hasPeerEnded) this.#closeWhenWritten();
  }

  /** Everything, our end included, is with the kernel. */
  #onFinish(): void {
    this.#writeDeadline.clear();
    if (this.#phase !== Phase.LINGER) return;
    if (this.#hasPeerEnded) this.#close('local_close');
    else this.#readDeadline.set(this.#settings.timeouts.lingerMs);
  }

  #closeWhenWritten(): void {
    if (this.#socket.writableFinished) this.#close('local_close');
  }

  #discard(bytes: number): void {
    this.#lingeredBytes += bytes;
    if (this.#lingeredBytes > this.#settings.limits.maxLingerBytes) this.destroy();
  }

  #close(reason: StreamAbortReason): void {
    if (this.#phase === Phase.CLOSED) return;
    this.#phase = Phase.CLOSED;
    this.#held = undefined;
    this.#readDeadline.close();
    this.#writeDeadline.close();
    const stream = this.#stream;
    this.#stream = undefined;
    this.#socket.destroy();
    stream?.handler.onAbort(reason);
  }

  #onClose(): void {
    this.#close('remote_disconnect');
    this.#events.onClose();
  }
}

function resumeHeld(connection: Http1ServerConnection): void {
  connection.resumeHeld();
}
