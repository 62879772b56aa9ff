import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/** Compares with the stored JSON; `UPDATE_GOLDEN=1` stores what there is. */
export function assertGolden(url: URL, actual: unknown, isUpdate: boolean): void {
  const text = `${JSON.stringify(actual, undefined, 2)}\n`;
  if (isUpdate) writeFileSync(url, text);
  else assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(url, 'utf8')));
}
