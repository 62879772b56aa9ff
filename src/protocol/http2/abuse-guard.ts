import { TokenBucket } from './token-bucket.ts';

/** How often a peer may do what costs it nothing; see `Http2Limits`. */
export interface AbuseLimits {
  readonly streamResetBurst: number;
  readonly streamResetRatePerSecond: number;
  readonly idleFrameBurst: number;
  readonly idleFrameRatePerSecond: number;
}

/** How many idle frames a request, or the head of a response, is good for. */
const idleFramesPerMessage = 4;
/**
 * How many idle frames a frame of ours with content is good for: Go's client opens two windows with every 4 KiB that are
 * read. Source: Envoy, max_inbound_window_update_frames_per_data_frame_sent.
 */
const idleFramesPerSentFrame = 10;

/**
 * Counts what costs a peer nothing and us something. Every method that returns a boolean says whether the connection
 * may go on.
 */
export class AbuseGuard {
  readonly #resets: TokenBucket;
  readonly #idleFrames: TokenBucket;
  #seenFrames = 0;

  /** @param nowMs monotonic milliseconds */
  constructor(limits: AbuseLimits, nowMs: () => number) {
    this.#resets = new TokenBucket(
      { burst: limits.streamResetBurst, ratePerSecond: limits.streamResetRatePerSecond },
      nowMs,
    );
    this.#idleFrames = new TokenBucket(
      { burst: limits.idleFrameBurst, ratePerSecond: limits.idleFrameRatePerSecond },
      nowMs,
    );
  }

  /** A stream was reset by the peer, or it had us do so: the work that was begun is lost (CVE-2023-44487, CVE-2025-8671). */
  onReset(): boolean {
    return this.#resets.take();
  }

  /**
   * A frame came that brings nothing on (CVE-2019-9512, -9513, -9515, -9518).
   *
   * @param sentFrames frames of 16 KiB with content, or of less, that we have sent since the connection began
   */
  onIdleFrame(sentFrames: number): boolean {
    if (sentFrames > this.#seenFrames) {
      this.#idleFrames.credit(idleFramesPerSentFrame * (sentFrames - this.#seenFrames));
      this.#seenFrames = sentFrames;
    }
    return this.#idleFrames.take();
  }

  /** A request came, or the head of a response. */
  onProgress(): void {
    this.#idleFrames.credit(idleFramesPerMessage);
  }
}
