import { setTimeout as delay } from 'node:timers/promises';

const defaultIntervalMs = 50;
const defaultWaitMs = 20_000;

/** Asks again until the answer is the wanted one; fails with the last answer when the time is up. */
export async function eventually<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
  waitMs: number = defaultWaitMs,
  intervalMs: number = defaultIntervalMs,
): Promise<T> {
  const deadlineMs = Date.now() + waitMs;
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    if (Date.now() > deadlineMs)
      throw new Error(`not within ${waitMs} ms; the last answer was ${JSON.stringify(answer)}`);
    await delay(intervalMs);
  }
}
