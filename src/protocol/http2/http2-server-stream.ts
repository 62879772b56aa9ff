import type { ServerHttp2Stream, ServerStreamResponseOptions } from 'node:http2';
import type { HeaderList } from '../http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
} from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { createGuardedFinal, guardFinal } from './guarded-final.ts';
import { toResponseFields, toTrailerObject } from './response-fields.ts';
import { Http2Error } from './frame-codes.ts';

/** What a stream needs of its connection. */
export interface Http2StreamOwner {
  readonly info: ConnectionInfo;
  readonly isClosing: boolean;
  drain(): void;
  /** A stream is gone. */
  onStreamEnd(): void;
  /** Resets with NO_ERROR a stream whose response is complete while its request is not. */
  stopUpload(stream: ServerHttp2Stream): void;
  parseTrailers(raw: readonly string[]): HeaderList;
}

/** `sendDate` is documented for `respond` but missing in its type. */
type RespondOptions = ServerStreamResponseOptions & { readonly sendDate: boolean };
const endsNow: RespondOptions = { endStream: true, sendDate: false };
const bodyFollows: RespondOptions = { sendDate: false };
const trailersMayFollow: RespondOptions = { sendDate: false, waitForTrailers: true };

/**
 * Where listeners find our half: they are module functions, so that a stream costs no closures. Nothing is there once
 * the stream is closed: its native handle keeps it alive over several collections of the young generation, and with it
 * everything that a request is made of would grow old (half of what was allocated, a fifth of the CPU time).
 */
const ours = Symbol('Http2ServerStream');
type OwnedStream = ServerHttp2Stream & { [ours]: Http2ServerStream | undefined };
const final = createGuardedFinal<OwnedStream>((stream) => stream[ours]?.hasEnded ?? false);

const ignoringHandler: ServerStreamHandler = {
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onAbort: () => undefined,
  onComplete: () => undefined,
};

/** One HTTP/2 request on the server side, over node:http2. */
export class Http2ServerStream implements ServerStream {
  readonly request: RequestHead;
  handler: ServerStreamHandler = ignoringHandler;
  readonly #stream: ServerHttp2Stream;
  readonly #owner: Http2StreamOwner;
  #requestEnded: boolean;
  #responseEnded = false;
  #aborted = false;
  #wantsDrain = false;
  #sendsTrailers = false;
  #requestTrailers: HeaderList | undefined = undefined;
  #responseTrailers: HeaderList | undefined = undefined;

  constructor(
    stream: ServerHttp2Stream,
    request: RequestHead,
    requestEnded: boolean,
    owner: Http2StreamOwner,
  ) {
    this.request = request;
    this.#stream = stream;
    this.#owner = owner;
    this.#requestEnded = requestEnded;
    (stream as OwnedStream)[ours] = this;
    guardFinal(stream, final);
    stream.on('close', onClose);
  }

  /** @internal All of the response was given to the stream. */
  get hasEnded(): boolean {
    return this.#responseEnded;
  }

  get connection(): ConnectionInfo {
    return this.#owner.info;
  }

  /** Lets the body flow; called once, after the receiver has set its handler. */
  start(): void {
    if (this.#requestEnded) {
      // The readable side, which has nothing but its end, stays untouched: once it has ended, node:http2 destroys the
      // stream while the response's write is still under way and makes an error of it (4 µs a request).
      this.handler.onBodyEnd(undefined);
      return;
    }
    // Nothing of a tunnel is read before it is accepted.
    if (this.request.upgrade === undefined) this.#read();
  }

  #read(): void {
    const stream = this.#stream;
    stream.on('trailers', onTrailers);
    stream.on('end', onEnd);
    stream.on('data', onData);
  }

  pauseBody(): void {
    if (!this.#requestEnded) this.#stream.pause();
  }

  resumeBody(): void {
    if (!this.#requestEnded) this.#stream.resume();
  }

  sendInformational(status: number, headers: HeaderList): void {
    if (this.#stream.destroyed || this.#stream.closed || this.#stream.headersSent) return;
    this.#stream.additionalHeaders({ ':status': status, ...toTrailerObject(headers) });
  }

  sendHead(head: ResponseHead, end: boolean): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    const isWhole = end || isBodiless(this.request.method, head.status);
    // A length that no body fulfils is a violation, save where it says what a GET would have got (RFC 9110 §8.6).
    if (isWhole && head.bodyLength > 0 && this.request.method !== 'HEAD' && head.status !== 304)
      head.bodyLength = 0;
    const fields = toResponseFields(head, this.request.upgrade !== undefined);
    if (isWhole) {
      this.#responseEnded = true;
      stream.respond(fields, endsNow);
      this.#stopUpload();
      return;
    }
    // Trailers must be announced to node:http2 here; a message of known length has none (as in HTTP/1.1), save gRPC.
    this.#sendsTrailers = head.bodyLength === unknownLength && this.request.upgrade === undefined;
    stream.respond(fields, this.#sendsTrailers ? trailersMayFollow : bodyFollows);
    if (this.request.upgrade !== undefined && head.status === 101) this.#read();
    if (this.#sendsTrailers) stream.on('wantTrailers', onWantTrailers);
  }

  sendData(chunk: Uint8Array): boolean {
    const stream = this.#stream;
    if (this.#responseEnded || stream.destroyed || stream.closed) return true;
    if (stream.write(chunk)) return true;
    if (!this.#wantsDrain) {
      this.#wantsDrain = true;
      stream.on('drain', onDrain);
    }
    return false;
  }

  sendEnd(trailers?: HeaderList): void {
    if (this.#responseEnded) return;
    this.#responseEnded = true;
    this.#responseTrailers = trailers;
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    stream.end();
    this.#stopUpload();
  }

  abort(): void {
    this.#aborted = true;
    this.#stream.close(Http2Error.INTERNAL_ERROR);
  }

  closeAfterResponse(): void {
    this.#owner.drain();
  }

  /** RFC 9113 §8.1: after a complete response the client is told not to send the rest of its request. */
  #stopUpload(): void {
    if (this.#requestEnded) return;
    // What still comes is dropped; a stream that stays paused would never end.
    this.#stream.resume();
    this.#owner.stopUpload(this.#stream);
  }

  /** @internal */
  receiveTrailers(raw: readonly string[]): void {
    this.#requestTrailers = this.#owner.parseTrailers(raw);
  }

  /** @internal */
  receiveData(chunk: Buffer): void {
    if (!this.#aborted && !this.#responseEnded) this.handler.onBody(chunk);
  }

  /** @internal */
  receiveEnd(): void {
    if (this.#requestEnded || this.#stream.rstCode !== Http2Error.NO_ERROR || this.#stream.aborted) return;
    this.#requestEnded = true;
    if (!this.#aborted && !this.#responseEnded) this.handler.onBodyEnd(this.#requestTrailers);
  }

  /** @internal */
  receiveDrain(): void {
    if (!this.#aborted && !this.#responseEnded) this.handler.onDrain();
  }

  /** @internal */
  sendTrailers(): void {
    const stream = this.#stream;
    if (!stream.destroyed && !stream.closed)
      stream.sendTrailers(toTrailerObject(this.#responseTrailers ?? []));
  }

  /** @internal */
  receiveClose(): void {
    this.#owner.onStreamEnd();
    if (this.#aborted) return;
    this.#aborted = true;
    const { rstCode } = this.#stream;
    if (this.#responseEnded && rstCode === Http2Error.NO_ERROR) this.handler.onComplete();
    else if (this.#owner.isClosing) this.handler.onAbort('local_close');
    else this.handler.onAbort(rstCode === Http2Error.PROTOCOL_ERROR ? 'protocol_error' : 'remote_disconnect');
  }
}

/** Responses that end with their head, whatever is given; node:http2 ends them by itself. */
function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 205 || status === 304;
}

function onData(this: OwnedStream, chunk: Buffer): void {
  this[ours]?.receiveData(chunk);
}

function onTrailers(this: OwnedStream, _headers: unknown, _flags: number, raw: string[]): void {
  this[ours]?.receiveTrailers(raw);
}

function onEnd(this: OwnedStream): void {
  this[ours]?.receiveEnd();
}

function onDrain(this: OwnedStream): void {
  this[ours]?.receiveDrain();
}

function onWantTrailers(this: OwnedStream): void {
  this[ours]?.sendTrailers();
}

function onClose(this: OwnedStream): void {
  const half = this[ours];
  this[ours] = undefined;
  half?.receiveClose();
}
