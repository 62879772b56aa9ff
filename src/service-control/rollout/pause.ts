import type { Clock } from '../../core/clock.ts';

/** Any time: the interval is there, not run. */
const keepAliveMs = 60_000;

/**
 * Waits between two tries; ends early, without complaint, when the signal aborts. The clock's timers do not keep the
 * process alive, but a program that waits for its first config has nothing else that would.
 */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise((resolve) => {
    const keepAlive = setInterval(() => undefined, keepAliveMs);
    const end = (): void => {
      clearInterval(keepAlive);
      timer.cancel();
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.setTimer(delayMs, end);
    signal?.addEventListener('abort', end, { once: true });
  });
}
