import type { HeaderList } from '../http/headers.ts';
import { unknownLength } from '../http/stream.ts';
import { giveBack } from '../net/read-buffer.ts';
import { HeldBody } from './held-body.ts';
import type { ReceiveFlow } from './receive-flow.ts';
import type { ReceiveWindow } from './receive-window.ts';
import { SendingStream } from './sending-stream.ts';

/** A stream of either side: its receiving half, and what the two halves have in common. */
export abstract class Http2Stream extends SendingStream {
  /** Undefined while, or because, no content may come. */
  window: ReceiveWindow | undefined;
  readonly isTunnel: boolean;
  /** END_STREAM came. */
  hasInputEnded = false;
  /** END_STREAM was written. */
  isSent = false;
  /** No more of it: nothing is sent, nothing is told. */
  isClosed = false;
  /** Octets that the peer's content-length promises still; {@link unknownLength} if it does not say. */
  bodyLeft: number = unknownLength;
  /** When content must have come, in monotonic milliseconds; 0: never. */
  bodyDueMs = 0;
  /** Octets that our content-length promises still. */
  protected sendLeft: number = unknownLength;
  readonly #flow: ReceiveFlow;
  #isPaused = false;
  /** Content that came while it was held back. */
  #held: HeldBody | undefined = undefined;
  #trailers: HeaderList | undefined = undefined;
  #hasToldEnd = false;

  constructor(
    id: number,
    options: {
      readonly sendWindow: number;
      readonly window: ReceiveWindow | undefined;
      readonly isTunnel: boolean;
    },
    flow: ReceiveFlow,
  ) {
    super(id, options.sendWindow);
    this.window = options.window;
    this.isTunnel = options.isTunnel;
    this.#flow = flow;
  }

  /** The handler hears of what comes. */
  abstract get isHeard(): boolean;
  protected abstract tellBody(content: Buffer): void;
  protected abstract tellEnd(trailers: HeaderList | undefined): void;

  /** The peer is not to be asked for more content. */
  get isHeldBack(): boolean {
    return this.#isPaused;
  }

  /** Content that windows and content-length allow. */
  receive(content: Buffer): void {
    if (!this.isHeard) {
      giveBack(content);
      this.#flow.onUsed(this, content.length);
    } else if (this.isHeldBack || this.#held !== undefined) (this.#held ??= new HeldBody()).push(content);
    else this.#tell(content);
  }

  receiveEnd(trailers: HeaderList | undefined): void {
    this.hasInputEnded = true;
    this.bodyDueMs = 0;
    this.#trailers = trailers;
    if (this.#held === undefined) this.tellEndOnce();
  }

  pauseBody(): void {
    this.#isPaused = true;
    this.bodyDueMs = 0;
  }

  resumeBody(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.goOn();
  }

  /** Content is wanted again: after this turn, as the caller is in the middle of something else. */
  protected goOn(): void {
    if (this.isHeldBack || !this.isHeard) return;
    if (!this.hasInputEnded) this.#flow.onAwaited(this);
    if (this.#held !== undefined || (this.hasInputEnded && !this.#hasToldEnd))
      process.nextTick(tellHeld, this);
  }

  /** @internal Goes on with what was held back. */
  tellHeld(): void {
    const held = this.#held;
    while (this.isHeard && !this.isHeldBack) {
      const piece = held?.shift();
      if (piece === undefined) {
        this.#held = undefined;
        if (this.hasInputEnded) this.tellEndOnce();
        return;
      }
      this.#tell(piece);
    }
  }

  /** Forgets what was held back. */
  dropHeld(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#flow.onUsed(this, held.bytes);
  }

  protected tellEndOnce(): void {
    if (this.#hasToldEnd || !this.isHeard) return;
    this.#hasToldEnd = true;
    this.tellEnd(this.#trailers);
  }

  /** Counts octets that are to be sent. False: more than our content-length promises. */
  protected mayStillSend(bytes: number): boolean {
    if (this.sendLeft === unknownLength) return true;
    this.sendLeft -= bytes;
    return this.sendLeft >= 0;
  }

  #tell(content: Buffer): void {
    this.tellBody(content);
    this.#flow.onUsed(this, content.length);
  }
}

function tellHeld(stream: Http2Stream): void {
  stream.tellHeld();
}
