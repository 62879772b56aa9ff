/** Resolves when the person interrupts. */
export function untilStopped(interrupt: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (interrupt.aborted) return resolve();
    interrupt.addEventListener('abort', () => resolve(), { once: true });
  });
}
