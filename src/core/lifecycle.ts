/** Whoever opens it closes it: `close` is idempotent and safe after a failed start. */
export interface Closeable {
  close(): Promise<void>;
}

/** Closes several owners in the given order; every one is tried, the first failure is rethrown. */
export async function closeAll(owners: readonly Closeable[]): Promise<void> {
  const failures: unknown[] = [];
  for (const owner of owners) {
    try {
      await owner.close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
