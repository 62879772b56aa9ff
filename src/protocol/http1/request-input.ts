import type { Duplex } from 'node:stream';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import type { OctetInput, OctetReceiver } from '../net/socket-reader.ts';
import { readOctets } from '../net/socket-reader.ts';
import { BodyDecoder, BodyResult } from './body-decoder.ts';
import { HeadScanner, ScanResult } from './head-scanner.ts';
import type { Http1Problem } from './problem.ts';
import { RequestReader } from './request-reader.ts';
import type { Http1ServerSettings } from './server-settings.ts';
import { readTrailers } from './trailers.ts';

/** Where the input of a connection is. */
export const InputState = {
  /** Between requests or within a head. */
  HEAD: 0,
  /** Within a body or a tunnel. */
  BODY: 1,
  /** The request is whole; the next one waits, unread, until {@link RequestInput.next}. */
  WHOLE: 2,
  /** Whatever comes is of no interest. */
  IGNORED: 3,
} as const;
export type InputState = (typeof InputState)[keyof typeof InputState];

/** What the input tells its connection. */
export interface RequestInputOwner {
  /** A head has begun, but is not whole yet. */
  onHeadBegun(): void;
  /** The state is BODY for a request with a body, else WHOLE. */
  onRequestHead(request: RequestHead): void;
  onRequestRefused(problem: Http1Problem, request: RequestHead | undefined): void;
  onContent(content: Buffer): void;
  /** The state is WHOLE. */
  onContentEnd(trailers: HeaderList | undefined): void;
  onContentRefused(problem: Http1Problem): void;
  onIgnored(bytes: number): void;
}

/** Reads one request after the other from the octets of a connection, each only when the one before is done with. */
export class RequestInput implements OctetReceiver {
  readonly #socket: Duplex;
  readonly #settings: Http1ServerSettings;
  readonly #owner: RequestInputOwner;
  readonly #input: OctetInput;
  readonly #scanner: HeadScanner;
  readonly #reader: RequestReader;
  readonly #body: BodyDecoder;
  #state: InputState = InputState.HEAD;
  #isChunked = false;
  #isTunnel = false;
  #isPaused = false;
  #isParsing = false;
  /** Octets that wait; nothing more is read from the socket meanwhile. */
  #held: Buffer | undefined = undefined;

  constructor(
    socket: Duplex,
    options: { readonly settings: Http1ServerSettings; readonly scheme: 'http' | 'https' },
    owner: RequestInputOwner,
  ) {
    const { settings, scheme } = options;
    this.#socket = socket;
    this.#settings = settings;
    this.#owner = owner;
    this.#scanner = new HeadScanner(settings.headLimits);
    this.#reader = new RequestReader(settings, scheme);
    this.#body = new BodyDecoder(this.#scanner, {
      maxChunkExtensionBytes: settings.limits.maxChunkExtensionBytes,
      trailers: settings.trailerLimits,
    });
    this.next();
    this.#input = readOctets(socket, this);
  }

  get state(): InputState {
    return this.#state;
  }

  /** A head has begun, but is not whole yet. */
  get isInHead(): boolean {
    return this.#state === InputState.HEAD && this.#scanner.hasStarted;
  }

  /** The connection may serve another request after the one read last. */
  get keepAlive(): boolean {
    return this.#reader.keepAlive;
  }

  get expectsContinue(): boolean {
    return this.#reader.expectsContinue;
  }

  /** Octets of the body that are known to be still to come. */
  get knownRemaining(): number {
    return this.#state === InputState.BODY ? (this.#body.knownRemaining ?? 0) : 0;
  }

  /** Takes octets of the connection. */
  receive(chunk: Buffer): void {
    if (this.#held === undefined) this.#parse(chunk);
    else this.#held = Buffer.concat([this.#held, chunk]);
  }

  /** Gets ready for the next request. */
  next(): void {
    this.#state = InputState.HEAD;
    this.#scanner.reset('request', this.#settings.headLimits);
  }

  /** From here on everything is content, up to the end of the connection. */
  startTunnel(): void {
    this.#state = InputState.BODY;
    this.#isTunnel = true;
    this.#input.expectMuch(true);
    this.#body.startUntilClose();
  }

  ignore(): void {
    this.#state = InputState.IGNORED;
    this.#input.expectMuch(false);
    this.#held = undefined;
    this.#isPaused = false;
    this.#socket.resume();
  }

  /** The peer ended a tunnel. */
  end(): void {
    this.#state = InputState.WHOLE;
  }

  /** Holds the body back. False: there is none to hold back. */
  pause(): boolean {
    if (this.#state !== InputState.BODY) return false;
    this.#isPaused = true;
    this.#socket.pause();
    return true;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Goes on, after this turn: the caller is in the middle of something else. */
  resume(): void {
    this.#isPaused = false;
    if (this.#held !== undefined || this.#socket.isPaused()) process.nextTick(resumeHeld, this);
  }

  /** @internal Goes on with what was held back. */
  resumeHeld(): void {
    const held = this.#held;
    if (this.#isParsing || !this.#canRead) return;
    this.#held = undefined;
    if (held !== undefined) this.#parse(held);
    if (this.#held === undefined && !this.#isPaused) this.#socket.resume();
  }

  get #canRead(): boolean {
    return !this.#isPaused && this.#state !== InputState.WHOLE;
  }

  #parse(chunk: Buffer): void {
    this.#isParsing = true;
    let position = 0;
    while (position < chunk.length) {
      if (this.#state === InputState.HEAD) position = this.#readHead(chunk, position);
      else if (this.#state === InputState.IGNORED) {
        this.#owner.onIgnored(chunk.length - position);
        break;
      } else if (this.#canRead) position = this.#readBody(chunk, position);
      else {
        this.#held = this.#input.keep(chunk, position, chunk.length);
        this.#socket.pause();
        break;
      }
    }
    this.#isParsing = false;
  }

  #readHead(chunk: Buffer, from: number): number {
    const scanner = this.#scanner;
    const hadStarted = scanner.hasStarted;
    const result = scanner.push(chunk, from);
    if (result === ScanResult.MORE) {
      if (!hadStarted && scanner.hasStarted) this.#owner.onHeadBegun();
      return chunk.length;
    }
    if (result === ScanResult.COMPLETE) this.#takeHead();
    else this.#owner.onRequestRefused(scanner.problem, undefined);
    return scanner.consumed;
  }

  #takeHead(): void {
    const reader = this.#reader;
    const request = reader.read(this.#scanner);
    const { problem } = reader;
    if (request === undefined || problem !== undefined)
      this.#owner.onRequestRefused(problem ?? 'invalid_request_line', request);
    else {
      this.#startBody(request.bodyLength);
      this.#owner.onRequestHead(request);
    }
  }

  #startBody(length: number): void {
    this.#isChunked = length === unknownLength;
    this.#state = length === 0 ? InputState.WHOLE : InputState.BODY;
    if (this.#isChunked) this.#body.startChunked();
    else this.#body.startLength(length);
    if (length !== 0) this.#input.expectMuch(true);
  }

  #readBody(chunk: Buffer, from: number): number {
    const body = this.#body;
    const result = body.step(chunk, from);
    const { position, dataStart, dataEnd } = body;
    if (result === BodyResult.FAILED) this.#owner.onContentRefused(body.problem);
    else if (result === BodyResult.DATA && this.#isTooLarge()) this.#owner.onContentRefused('body_too_large');
    else {
      if (result === BodyResult.DATA) this.#owner.onContent(this.#input.keep(chunk, dataStart, dataEnd));
      if (this.#state === InputState.BODY && body.isDone) this.#endBody();
    }
    return position;
  }

  #isTooLarge(): boolean {
    const { maxBodyBytes } = this.#settings.limits;
    return maxBodyBytes > 0 && !this.#isTunnel && this.#body.received > maxBodyBytes;
  }

  #endBody(): void {
    this.#state = InputState.WHOLE;
    this.#input.expectMuch(false);
    if (this.#isPaused) this.resume();
    this.#owner.onContentEnd(this.#isChunked ? this.#readTrailers() : undefined);
  }

  #readTrailers(): HeaderList | undefined {
    if (this.#scanner.fieldCount === 0) return undefined;
    const { underscores, acceptTrailer } = this.#settings;
    const accepts = (name: string): boolean =>
      acceptTrailer(name) && (underscores === 'allow' || !name.includes('_'));
    return readTrailers(this.#scanner, this.#reader.nominated, accepts);
  }
}

function resumeHeld(input: RequestInput): void {
  input.resumeHeld();
}
