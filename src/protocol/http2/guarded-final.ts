import type { Http2Stream } from 'node:http2';

type Final = (callback: (error?: Error | null) => void) => void;

/**
 * Makes sure that END_STREAM is sent only for a message that is whole. When node:http2 resets or destroys a stream it
 * first ends its writable half, and what it flushes then tells the peer that a message cut short was complete: a
 * backend would act on half an upload. A stream's `_final` is where END_STREAM comes from.
 *
 * @param final what {@link createGuardedFinal} made, one for all streams of a kind
 */
export function guardFinal(stream: Http2Stream, final: Final): void {
  stream._final = final;
}

/** @param isWhole whether all of the message was given to `stream` */
export function createGuardedFinal<T extends Http2Stream>(isWhole: (stream: T) => boolean): Final {
  return function final(this: T, callback: (error?: Error | null) => void): void {
    if (isWhole(this)) (Object.getPrototypeOf(this) as { _final: Final })._final.call(this, callback);
    else callback();
  } as Final;
}
