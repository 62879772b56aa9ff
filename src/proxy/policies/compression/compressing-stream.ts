import { constants, createBrotliCompress, createGzip } from 'node:zlib';
import type { BrotliCompress, Gzip } from 'node:zlib';
import { getHeader } from '../../../protocol/http/headers.ts';
import type { HeaderList } from '../../../protocol/http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
  StreamAbortReason,
} from '../../../protocol/http/stream.ts';
import { chooseEncoding } from './choose-encoding.ts';
import type { ContentEncoding } from './choose-encoding.ts';
import { addVary, isCompressible, markCompressed } from './compressible.ts';

/** How hard to compress. Flag `--enable_response_compression` turns it on. */
export interface CompressionOptions {
  /** 1–9. Default 6, zlib's. */
  readonly gzipLevel: number;
  /** 0–11. Default 3, Envoy's. */
  readonly brotliQuality: number;
}

const defaultCompressionOptions: CompressionOptions = { gzipLevel: 6, brotliQuality: 3 };

type Compressor = Gzip | BrotliCompress;

/**
 * Puts response compression between a codec's stream and whoever answers it. Every piece of a body is flushed, so that
 * streams stay streams; back-pressure passes both ways. Source: Envoy compressor filter.
 */
export function compressResponses(
  stream: ServerStream,
  options: CompressionOptions = defaultCompressionOptions,
): ServerStream {
  return new CompressingStream(stream, options);
}

class CompressingStream implements ServerStream, ServerStreamHandler {
  readonly request: RequestHead;
  readonly connection: ConnectionInfo;
  handler: ServerStreamHandler;
  readonly #stream: ServerStream;
  readonly #options: CompressionOptions;
  /** As the client sent it: flags may change the field on its way to the backend. */
  readonly #acceptEncoding: string | undefined;
  #compressor: Compressor | undefined = undefined;
  #trailers: HeaderList | undefined = undefined;

  constructor(stream: ServerStream, options: CompressionOptions) {
    this.request = stream.request;
    this.connection = stream.connection;
    this.handler = stream.handler;
    this.#stream = stream;
    this.#options = options;
    this.#acceptEncoding = getHeader(stream.request.headers, 'accept-encoding');
    stream.handler = this;
  }

  // ── what the gateway does ──

  pauseBody(): void {
    this.#stream.pauseBody();
  }

  resumeBody(): void {
    this.#stream.resumeBody();
  }

  sendInformational(status: number, headers: HeaderList): void {
    this.#stream.sendInformational(status, headers);
  }

  sendHead(head: ResponseHead, end: boolean): void {
    if (!end && isCompressible(head)) {
      addVary(head.headers);
      const encoding = chooseEncoding(this.#acceptEncoding);
      if (encoding !== undefined) {
        markCompressed(head, encoding);
        this.#compressor = this.#start(encoding);
      }
    }
    this.#stream.sendHead(head, end);
  }

  sendData(chunk: Uint8Array): boolean {
    return this.#compressor === undefined ? this.#stream.sendData(chunk) : this.#compressor.write(chunk);
  }

  sendEnd(trailers?: HeaderList): void {
    if (this.#compressor === undefined) return this.#stream.sendEnd(trailers);
    this.#trailers = trailers;
    this.#compressor.end();
  }

  abort(): void {
    this.#stop();
    this.#stream.abort();
  }

  closeAfterResponse(): void {
    this.#stream.closeAfterResponse();
  }

  // ── what the codec tells ──

  onBody(chunk: Buffer): void {
    this.handler.onBody(chunk);
  }

  onBodyEnd(trailers: HeaderList | undefined): void {
    this.handler.onBodyEnd(trailers);
  }

  onDrain(): void {
    // The gateway waits for the compressor, which drains once it may go on.
    if (this.#compressor === undefined) this.handler.onDrain();
    else this.#compressor.resume();
  }

  onAbort(reason: StreamAbortReason): void {
    this.#stop();
    this.handler.onAbort(reason);
  }

  onComplete(): void {
    this.handler.onComplete();
  }

  #start(encoding: ContentEncoding): Compressor {
    const { gzipLevel, brotliQuality } = this.#options;
    const compressor =
      encoding === 'gzip'
        ? createGzip({ level: gzipLevel, flush: constants.Z_SYNC_FLUSH })
        : createBrotliCompress({
            flush: constants.BROTLI_OPERATION_FLUSH,
            params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality },
          });
    compressor.on('data', (chunk: Buffer) => {
      if (!this.#stream.sendData(chunk)) compressor.pause();
    });
    compressor.on('drain', () => this.handler.onDrain());
    compressor.on('end', () => this.#stream.sendEnd(this.#trailers));
    // Out of memory is all that can go wrong: the response is cut off, and the client sees it is.
    compressor.on('error', () => {
      this.#stream.abort();
      this.handler.onAbort('local_close');
    });
    return compressor;
  }

  #stop(): void {
    const compressor = this.#compressor;
    if (compressor === undefined) return;
    compressor.removeAllListeners();
    // What is still under way in the thread pool may fail after the stream is gone.
    compressor.on('error', () => undefined);
    compressor.destroy();
  }
}
