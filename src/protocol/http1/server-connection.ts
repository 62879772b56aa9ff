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
import type { SocketOutputOwner } from '../net/socket-output.ts';
import { SocketOutput } from '../net/socket-output.ts';
import { Deadline } from '../net/deadline.ts';
import { MessageWriter } from './message-writer.ts';
import type { Http1Problem, Http1Rejection } from './problem.ts';
import { createRejection } from './problem.ts';
import type { RequestInputOwner } from './request-input.ts';
import { InputState, RequestInput } from './request-input.ts';
import { frameRejection, frameResponse, frameSwitch } from './response-framing.ts';
import type { Http1ServerSettings } from './server-settings.ts';
import type { Http1StreamOwner } from './server-stream.ts';
import { Http1ServerStream } from './server-stream.ts';
import { statusLine } from './status-line.ts';

/** What a connection tells its listener. */
export interface Http1ServerEvents {
  /** A request arrived. The receiver sets `stream.handler` before it returns. */
  onRequest(stream: ServerStream): void;
  /** A request was refused and answered; {@link onRequest} was not called for it. */
  onRejection(rejection: Http1Rejection): void;
  /** Last call: the connection is gone. */
  onClose(): void;
}

/** The server's half of one HTTP/1 connection. One request at a time: a pipelined one waits, unread, for its turn. */
export class Http1ServerConnection implements Http1StreamOwner, RequestInputOwner, SocketOutputOwner {
  readonly info: ConnectionInfo;
  readonly #socket: Duplex;
  readonly #settings: Http1ServerSettings;
  readonly #events: Http1ServerEvents;
  readonly #input: RequestInput;
  readonly #output: SocketOutput;
  readonly #writer: MessageWriter;
  readonly #readDeadline: Deadline;
  readonly #writeDeadline: Deadline;
  /** The request under way: from its head until its response is with the kernel. */
  #stream: Http1ServerStream | undefined = undefined;
  #awaitsContinue = false;
  #isTunnel = false;
  #isDraining = false;
  #hasPeerEnded = false;
  #isClosed = false;
  /** Content read away after an early response, or octets after the last one. */
  #discardedBytes = 0;

  /**
   * @param socket connected (TLS: handshake done); what was read of it goes to {@link receive}; with
   *   `allowHalfOpen`, or the client's end cuts off what is being written
   */
  constructor(
    socket: Duplex,
    options: { readonly info: ConnectionInfo; readonly settings: Http1ServerSettings },
    events: Http1ServerEvents,
  ) {
    const { info, settings } = options;
    const scheme = info.tls === undefined ? 'http' : 'https';
    this.info = info;
    this.#socket = socket;
    this.#settings = settings;
    this.#events = events;
    this.#input = new RequestInput(socket, { settings, scheme }, this);
    this.#readDeadline = new Deadline(settings.wheel, () => this.#onReadTimeout());
    this.#writeDeadline = new Deadline(settings.wheel, () => this.destroy());
    this.#output = new SocketOutput(socket, this);
    this.#writer = new MessageWriter(this.#output);
    // A connection that says nothing at all gets the time of a head, not of a pause between two requests.
    this.#readDeadline.set(settings.timeouts.headMs);
    this.#listen();
  }

  /** Finishes the request under way, if any, and closes. */
  drain(): void {
    this.#isDraining = true;
    if (this.#input.state === InputState.HEAD && !this.#input.isInHead) this.#linger();
  }

  /** Closes now; a request under way is aborted as `local_close`. */
  destroy(): void {
    this.#close('local_close');
  }

  /** Takes octets as if they came from the socket. */
  receive(chunk: Buffer): void {
    this.#input.receive(chunk);
  }

  #listen(): void {
    const socket = this.#socket;
    if (socket instanceof Socket) socket.setNoDelay(true);
    socket.on('end', () => this.#onEnd());
    socket.on('finish', () => this.#onFinish());
    socket.on('error', () => this.#close('remote_disconnect'));
    socket.on('close', () => this.#onClose());
    socket.resume();
  }

  // What the input tells

  onHeadBegun(): void {
    this.#readDeadline.set(this.#settings.timeouts.headMs);
  }

  onRequestHead(request: RequestHead): void {
    const { maxBodyBytes } = this.#settings.limits;
    if (maxBodyBytes > 0 && request.bodyLength > maxBodyBytes) {
      this.onRequestRefused('body_too_large', request);
      return;
    }
    const closes = !this.#input.keepAlive || this.#isDraining || this.#hasPeerEnded;
    const stream = new Http1ServerStream(this, request, closes);
    this.#stream = stream;
    this.#discardedBytes = 0;
    const hasBody = request.bodyLength !== 0;
    if (hasBody) this.#startBody();
    else this.#readDeadline.clear();
    this.#events.onRequest(stream);
    if (!hasBody && request.upgrade === undefined) this.#tellBodyEnd(stream, undefined);
  }

  onRequestRefused(problem: Http1Problem, request: RequestHead | undefined): void {
    const rejection = createRejection(problem, request);
    this.#events.onRejection(rejection);
    this.#sendRejection(rejection);
  }

  onContent(content: Buffer): void {
    this.#awaitsContinue = false;
    const stream = this.#stream;
    if (stream !== undefined && !stream.hasEnded) stream.handler.onBody(content);
    else this.#discard(content.length);
    this.#rearmBody();
  }

  onContentEnd(trailers: HeaderList | undefined): void {
    const stream = this.#stream;
    this.#readDeadline.clear();
    if (stream === undefined) this.#awaitRequest();
    else this.#tellBodyEnd(stream, trailers);
  }

  onContentRefused(problem: Http1Problem): void {
    this.#failBody(problem, problem === 'body_too_large' ? problem : 'protocol_error');
  }

  onIgnored(bytes: number): void {
    this.#discardedBytes += bytes;
    if (this.#discardedBytes > this.#settings.limits.maxLingerBytes) this.destroy();
  }

  #startBody(): void {
    this.#readDeadline.set(this.#settings.timeouts.bodyIdleMs);
    this.#awaitsContinue = this.#input.expectsContinue;
    if (this.#awaitsContinue && this.#settings.expectContinue === 'immediate') this.#continue();
  }

  #continue(): void {
    this.#awaitsContinue = false;
    this.#writer.writeInterim(statusLine(100), []);
  }

  #rearmBody(): void {
    if (this.#input.state === InputState.BODY && !this.#input.isPaused && !this.#isTunnel)
      this.#readDeadline.set(this.#settings.timeouts.bodyIdleMs);
  }

  #tellBodyEnd(stream: Http1ServerStream, trailers: HeaderList | undefined): void {
    if (this.#stream === stream && !stream.hasEnded) stream.handler.onBodyEnd(trailers);
  }

  /** The rest of a body whose request is answered already. */
  #discard(bytes: number): void {
    this.#discardedBytes += bytes;
    if (this.#discardedBytes > this.#settings.limits.maxDiscardBytes && this.#stream === undefined)
      this.#linger();
  }

  #awaitRequest(): void {
    if (this.#isDraining) {
      this.#linger();
      return;
    }
    this.#input.next();
    this.#readDeadline.set(this.#settings.timeouts.keepAliveMs);
  }

  #onEnd(): void {
    this.#hasPeerEnded = true;
    const stream = this.#stream;
    const { state } = this.#input;
    if (state === InputState.IGNORED) this.#closeWhenWritten();
    else if (this.#isTunnel && stream !== undefined) this.#endTunnelInput(stream);
    else if (stream !== undefined && state === InputState.WHOLE && this.#settings.halfClose === 'serve')
      stream.closes = true;
    else this.#close('remote_disconnect');
  }

  #onReadTimeout(): void {
    if (this.#input.state === InputState.BODY && !this.#isTunnel)
      this.#failBody('body_timeout', 'body_timeout');
    else if (this.#input.isInHead) this.onRequestRefused('head_timeout', undefined);
    else this.destroy();
  }

  // Refusing

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
    const dateLine = this.#settings.date.line;
    this.#writer.start(frameRejection({ status, headers, body: bytes }, { isHead, dateLine }));
    this.#writer.data(bytes);
    this.#writer.end(undefined);
    this.#linger();
  }

  // What the streams call

  pauseBody(stream: Http1ServerStream): void {
    if (this.#stream === stream && this.#input.pause()) this.#readDeadline.clear();
  }

  resumeBody(stream: Http1ServerStream): void {
    if (this.#stream !== stream || !this.#input.isPaused) return;
    this.#input.resume();
    this.#rearmBody();
  }

  sendInformational(stream: Http1ServerStream, status: number, headers: HeaderList): void {
    if (this.#stream !== stream || stream.hasResponded || stream.request.version === 'HTTP/1.0') return;
    if (status === 100) {
      if (this.#awaitsContinue) this.#continue();
    } else this.#writer.writeInterim(statusLine(status), headers);
  }

  sendHead(stream: Http1ServerStream, head: ResponseHead, end: boolean): void {
    if (this.#stream !== stream || stream.hasResponded) return;
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
    this.#writer.start(frameResponse(request, head, { end, close: stream.closes, dateLine }));
    if (end) this.#endResponse(stream, undefined);
  }

  sendData(stream: Http1ServerStream, chunk: Uint8Array): boolean {
    if (this.#stream !== stream || stream.hasEnded) return true;
    // A body longer than it was said to be, or shorter: whoever sent it is told, unlike of an abort of their own.
    if (!this.#writer.data(chunk)) this.#close('local_close');
    return !this.#output.isBlocked;
  }

  sendEnd(stream: Http1ServerStream, trailers: HeaderList | undefined): void {
    if (this.#stream === stream && !stream.hasEnded) this.#endResponse(stream, trailers);
  }

  abort(stream: Http1ServerStream): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#close('local_close');
  }

  /** Whether too much of the request is missing for the connection to be of use after its response. */
  #cannotGoOn(): boolean {
    if (this.#input.state !== InputState.BODY) return false;
    const { maxDiscardBytes } = this.#settings.limits;
    return this.#awaitsContinue || maxDiscardBytes === 0 || this.#input.knownRemaining > maxDiscardBytes;
  }

  #endResponse(stream: Http1ServerStream, trailers: HeaderList | undefined): void {
    stream.hasEnded = true;
    if (!this.#writer.end(trailers)) this.#close('local_close');
    else if (this.#isTunnel) this.#endTunnelOutput(stream);
    else if (!this.#output.isBlocked) this.#complete(stream);
  }

  /** The response is with the kernel. */
  #complete(stream: Http1ServerStream): void {
    this.#stream = undefined;
    if (stream.closes || this.#cannotGoOn()) this.#linger();
    else {
      if (this.#input.state === InputState.WHOLE) this.#awaitRequest();
      this.#input.resume();
      this.#rearmBody();
    }
    stream.handler.onComplete();
  }

  onBlocked(): void {
    this.#writeDeadline.set(this.#settings.timeouts.writeStallMs);
  }

  onWritable(): void {
    this.#writeDeadline.clear();
    const stream = this.#stream;
    if (stream === undefined) return;
    if (!stream.hasEnded) stream.handler.onDrain();
    else if (!this.#isTunnel) this.#complete(stream);
  }

  // Tunnels

  #startTunnel(protocol: string, headers: HeaderList): void {
    this.#isTunnel = true;
    this.#writer.start(frameSwitch(protocol, headers));
    this.#input.startTunnel();
    this.#input.resume();
  }

  #endTunnelInput(stream: Http1ServerStream): void {
    this.#input.end();
    if (stream.hasEnded) this.#completeTunnel(stream);
    else stream.handler.onBodyEnd(undefined);
  }

  /** Our direction is over; the other one may go on for a while. */
  #endTunnelOutput(stream: Http1ServerStream): void {
    if (this.#hasPeerEnded) {
      this.#completeTunnel(stream);
      return;
    }
    this.#output.flush();
    this.#socket.end();
    this.#readDeadline.set(this.#settings.timeouts.bodyIdleMs);
  }

  #completeTunnel(stream: Http1ServerStream): void {
    this.#stream = undefined;
    this.#linger();
    stream.handler.onComplete();
  }

  // Closing

  /**
   * Ends our direction and drops what still comes for a while: closing at once would let the kernel answer it with a
   * reset, which can cost the client the response (RFC 9112 §9.6).
   */
  #linger(): void {
    if (this.#input.state === InputState.IGNORED) return;
    this.#discardedBytes = 0;
    this.#input.ignore();
    this.#output.flush();
    this.#socket.end();
    this.#readDeadline.clear();
    if (this.#socket.writableLength > 0) this.#writeDeadline.set(this.#settings.timeouts.writeStallMs);
    if (this.#hasPeerEnded) this.#closeWhenWritten();
  }

  /** Everything, our end included, is with the kernel. */
  #onFinish(): void {
    this.#writeDeadline.clear();
    if (this.#input.state !== InputState.IGNORED) return;
    if (this.#hasPeerEnded) this.#close('local_close');
    else this.#readDeadline.set(this.#settings.timeouts.lingerMs);
  }

  #closeWhenWritten(): void {
    if (this.#socket.writableFinished) this.#close('local_close');
  }

  #close(reason: StreamAbortReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#readDeadline.close();
    this.#writeDeadline.close();
    const stream = this.#stream;
    this.#stream = undefined;
    this.#input.ignore();
    // Whatever waits for the end of this turn: a response that is complete, or how far it had come.
    this.#output.flush();
    this.#socket.destroy();
    stream?.handler.onAbort(reason);
  }

  #onClose(): void {
    this.#close('remote_disconnect');
    this.#events.onClose();
  }
}
