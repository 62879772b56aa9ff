// Writes the reference pages that are made from code: `npm run docs`. A test fails when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderFlagReference } from '../src/app/flags/flag-help.ts';

const root = join(import.meta.dirname, '..');

/** The generated pages by path, with what each must hold. */
export const generatedPages: ReadonlyArray<readonly [path: string, render: () => string]> = [
  ['docs/reference/flags.md', renderFlagReference],
];

/** The pages whose file does not hold what it must. */
export function findStalePages(): string[] {
  return generatedPages.filter(([path, render]) => readIfThere(path) !== render()).map(([path]) => path);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

if (import.meta.main) for (const [path, render] of generatedPages) writeFileSync(join(root, path), render());
