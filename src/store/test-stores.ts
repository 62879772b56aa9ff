import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import type { TestContext } from 'node:test';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

/** Opens an empty store that the test's end closes and removes. */
export type OpenTestStore = (context: TestContext) => Promise<Store>;

const implementations: Readonly<Record<string, OpenTestStore>> = {
  sqlite: async (context) => {
    const folder = testFolder(context);
    const store = await openStore({ folder });
    context.after(() => store.close());
    return store;
  },
};

/** A suite that every implementation must pass. */
export function forEachStore(name: string, suite: (open: OpenTestStore) => void): void {
  for (const [implementation, open] of Object.entries(implementations))
    describe(`${name} on ${implementation}`, () => suite(open));
}

/** An empty folder that the test's end removes. */
export function testFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
