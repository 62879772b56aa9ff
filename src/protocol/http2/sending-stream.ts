import type { HeaderList } from '../http/headers.ts';
import { PieceQueue } from './piece-queue.ts';

/**
 * The sending half of a stream: its window and what waits for it. It is its own list node; the fields belong to
 * {@link SendScheduler}.
 */
export abstract class SendingStream {
  readonly id: number;
  /** Octets that the peer lets us send; negative after a setting that made windows smaller. */
  sendWindow: number;
  /** Octets that wait. */
  queuedBytes = 0;
  /** The message ends with what waits, and with these trailers. */
  isEnding = false;
  trailers: HeaderList | undefined = undefined;
  /** A sender was told to wait. */
  wantsDrain = false;
  /** When what waits must have gone on, in monotonic milliseconds; 0: never. */
  sendDueMs = 0;
  /** Where the last HEADERS or DATA frame begins in the output, and in which of its generations. */
  frameAt = 0;
  frameGeneration = -1;
  isListed = false;
  nextListed: SendingStream | undefined = undefined;
  /** What waits: the first piece from `queueOffset` on. */
  #queue: PieceQueue<Uint8Array> | undefined = undefined;
  queueOffset = 0;

  constructor(id: number, sendWindow: number) {
    this.id = id;
    this.sendWindow = sendWindow;
  }

  /** The end of the message has been written. */
  abstract onSent(): void;
  /** Little waits, after a sender was told to wait. */
  abstract onSendRoom(): void;

  get firstQueued(): Uint8Array {
    return this.#queue?.first as Uint8Array;
  }

  /** Lets `piece` wait, whose first `offset` octets are sent. */
  enqueue(piece: Uint8Array, offset: number): void {
    if (this.queuedBytes === 0) this.queueOffset = offset;
    this.queuedBytes += piece.length - offset;
    (this.#queue ??= new PieceQueue()).push(piece);
  }

  /** The first piece that waits is sent. */
  dequeue(): void {
    this.#queue?.shift();
    this.queueOffset = 0;
  }

  clearQueue(): void {
    this.#queue = undefined;
    this.queueOffset = 0;
  }
}
