import type { ClientHttp2Stream } from 'node:http2';
import { systemErrorCode } from '../../core/errors.ts';
import type { HeaderList } from '../http/headers.ts';
import type {
  ClientStream,
  ClientStreamHandler,
  RequestHead,
  UpstreamFailureReason,
} from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { parseResponseFields } from './client-fields.ts';
import { createGuardedFinal, guardFinal } from './guarded-final.ts';
import { toTrailerObject } from './response-fields.ts';
import { FrameFlag, Http2Error } from './frame-codes.ts';

/** What a stream needs of its connection. */
export interface Http2ClientOwner {
  /** The highest stream that the peer will process, once it has sent GOAWAY. */
  readonly lastStreamId: number | undefined;
  readonly isDestroyed: boolean;
  onStreamEnd(): void;
}

const ours = Symbol('Http2ClientStream');
type OwnedStream = ClientHttp2Stream & { [ours]: Http2ClientStream | undefined };
const final = createGuardedFinal<OwnedStream>((stream) => stream[ours]?.hasEnded ?? false);

/** Interim responses to one request; a peer that sends more is broken or hostile. */
const maxInformational = 16;

/** One HTTP/2 request on the client side, over node:http2. */
export class Http2ClientStream implements ClientStream {
  readonly #stream: ClientHttp2Stream;
  readonly #handler: ClientStreamHandler;
  readonly #owner: Http2ClientOwner;
  readonly #isHead: boolean;
  readonly #isTunnel: boolean;
  #isDone = false;
  #requestEnded: boolean;
  #responseStarted = false;
  #informational = 0;
  #bodyLeft: number = unknownLength;
  #wantsDrain = false;
  #requestTrailers: HeaderList | undefined = undefined;
  #responseTrailers: HeaderList | undefined = undefined;
  #errorCode: string | undefined = undefined;

  constructor(
    stream: ClientHttp2Stream,
    request: { head: RequestHead; endsNow: boolean; sendsTrailers: boolean },
    handler: ClientStreamHandler,
    owner: Http2ClientOwner,
  ) {
    this.#stream = stream;
    this.#handler = handler;
    this.#owner = owner;
    this.#requestEnded = request.endsNow;
    this.#isHead = request.head.method === 'HEAD';
    this.#isTunnel = request.head.upgrade !== undefined;
    (stream as OwnedStream)[ours] = this;
    guardFinal(stream, final);
    stream.on('response', onResponse);
    stream.on('headers', onInformational);
    stream.on('error', onError);
    stream.on('close', onClose);
    if (request.sendsTrailers) stream.on('wantTrailers', onWantTrailers);
  }

  /** @internal All of the request was given to the stream. */
  get hasEnded(): boolean {
    return this.#requestEnded;
  }

  sendData(chunk: Uint8Array): boolean {
    const stream = this.#stream;
    if (this.#isDone || this.#requestEnded || stream.destroyed || stream.closed) return true;
    if (stream.write(chunk)) return true;
    if (!this.#wantsDrain) {
      this.#wantsDrain = true;
      stream.on('drain', onDrain);
    }
    return false;
  }

  sendEnd(trailers?: HeaderList): void {
    const stream = this.#stream;
    if (this.#isDone || this.#requestEnded || stream.destroyed || stream.closed) return;
    this.#requestEnded = true;
    this.#requestTrailers = trailers;
    stream.end();
  }

  pauseBody(): void {
    if (this.#responseStarted) this.#stream.pause();
  }

  resumeBody(): void {
    if (this.#responseStarted) this.#stream.resume();
  }

  abort(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#stream.close(Http2Error.CANCEL);
  }

  /** @internal */
  receiveInformational(status: number, raw: readonly string[]): void {
    if (this.#isDone) return;
    if (++this.#informational > maxInformational) this.#fail('protocol_error');
    else this.#handler.onInformational(status, parseResponseFields(raw, false).headers);
  }

  /** @internal */
  receiveHead(raw: readonly string[], endOfStream: boolean): void {
    if (this.#isDone) return;
    const head = parseResponseFields(raw, endOfStream && !this.#isHead);
    if (this.#isTunnel && head.status === 200) head.status = 101;
    this.#responseStarted = true;
    const stream = this.#stream;
    if (endOfStream) {
      this.#isDone = true;
      // The readable side has nothing but its end, and must give it before the stream goes away.
      stream.resume();
      this.#handler.onHead(head, true);
      if (!this.#requestEnded) stream.close(Http2Error.NO_ERROR);
      return;
    }
    // What HEAD and 304 say of a length is about another response.
    this.#bodyLeft = this.#isHead || head.status === 304 ? unknownLength : head.bodyLength;
    stream.on('trailers', onTrailers);
    stream.on('end', onEnd);
    this.#handler.onHead(head, false);
    // Starts the flow, unless the receiver has paused it in `onHead`.
    stream.on('data', onData);
  }

  /** @internal */
  receiveData(chunk: Buffer): void {
    if (this.#isDone) return;
    if (this.#bodyLeft !== unknownLength) this.#bodyLeft -= chunk.length;
    this.#handler.onBody(chunk);
  }

  /** @internal */
  receiveTrailers(raw: readonly string[]): void {
    this.#responseTrailers = parseResponseFields(raw, false).headers;
  }

  /** @internal */
  receiveEnd(): void {
    if (this.#isDone || this.#stream.rstCode !== Http2Error.NO_ERROR || this.#owner.isDestroyed) return;
    if (this.#bodyLeft > 0) {
      this.#fail('protocol_error');
      return;
    }
    this.#isDone = true;
    this.#handler.onBodyEnd(this.#responseTrailers);
    if (!this.#requestEnded) this.#stream.close(Http2Error.NO_ERROR);
  }

  /** @internal */
  receiveDrain(): void {
    if (!this.#isDone && !this.#requestEnded) this.#handler.onDrain();
  }

  /** @internal */
  sendTrailers(): void {
    const stream = this.#stream;
    if (!stream.destroyed && !stream.closed)
      stream.sendTrailers(toTrailerObject(this.#requestTrailers ?? []));
  }

  /** @internal */
  receiveError(error: unknown): void {
    this.#errorCode = systemErrorCode(error);
  }

  /** @internal */
  receiveClose(): void {
    this.#owner.onStreamEnd();
    if (!this.#isDone) this.#fail(this.#closeReason());
  }

  #closeReason(): UpstreamFailureReason {
    const { lastStreamId } = this.#owner;
    if (lastStreamId !== undefined && (this.#stream.id ?? Infinity) > lastStreamId)
      return 'remote_refused_stream_reset';
    // The session died of broken framing.
    if (this.#errorCode === 'ERR_HTTP2_ERROR') return 'protocol_error';
    if (this.#errorCode !== 'ERR_HTTP2_STREAM_ERROR' && this.#owner.isDestroyed)
      return 'connection_termination';
    switch (this.#stream.rstCode) {
      case Http2Error.REFUSED_STREAM:
        return 'remote_refused_stream_reset';
      case Http2Error.PROTOCOL_ERROR:
        return 'protocol_error';
      default:
        return 'remote_reset';
    }
  }

  #fail(reason: UpstreamFailureReason): void {
    this.#isDone = true;
    const stream = this.#stream;
    if (!stream.closed) stream.close(Http2Error.CANCEL);
    this.#handler.onError({
      reason,
      transport: undefined,
      // RFC 9113 §8.7: a refused stream was not processed at all.
      requestSent: reason !== 'remote_refused_stream_reset',
      responseStarted: this.#responseStarted,
    });
  }
}

function onResponse(this: OwnedStream, _headers: unknown, flags: number, raw: string[]): void {
  this[ours]?.receiveHead(raw, (flags & FrameFlag.END_STREAM) !== 0);
}

function onInformational(
  this: OwnedStream,
  headers: { ':status'?: number },
  _flags: number,
  raw: string[],
): void {
  this[ours]?.receiveInformational(headers[':status'] ?? 0, raw);
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

function onError(this: OwnedStream, error: unknown): void {
  this[ours]?.receiveError(error);
}

function onClose(this: OwnedStream): void {
  const half = this[ours];
  this[ours] = undefined;
  half?.receiveClose();
}
