import type { Clock, Timer } from '../../core/clock.ts';

/** Asks for the current rollout at an interval. */
export interface RolloutProbe {
  close(): void;
}

/** Calls `ask` every `intervalMs`, the first time one interval from now, never twice at once; 0 never calls. */
export function createRolloutProbe(
  intervalMs: number,
  clock: Clock,
  ask: (signal: AbortSignal) => Promise<void>,
): RolloutProbe {
  const abort = new AbortController();
  let timer: Timer | undefined;
  const arm = (): void => {
    if (intervalMs > 0 && !abort.signal.aborted) timer = clock.setTimer(intervalMs, () => void tick());
  };
  const tick = async (): Promise<void> => {
    await ask(abort.signal);
    arm();
  };
  arm();
  return {
    close() {
      timer?.cancel();
      abort.abort();
    },
  };
}
