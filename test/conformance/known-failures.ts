import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const processPrefix = 'process/';

/**
 * Reason by `suite: name` of the cases that are known to fail: lines of `suite: name = reason`. The suites of
 * process-cases.jsonl stand there behind `process/`, the others are those of unit-cases.jsonl.
 */
export function readKnownFailures(of: 'unit' | 'process'): ReadonlyMap<string, string> {
  const text = readFileSync(join(import.meta.dirname, 'known-failures.txt'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const pairs = lines.map((line) => line.split(' = ', 2) as [string, string]);
  if (of === 'unit') return new Map(pairs.filter(([key]) => !key.startsWith(processPrefix)));
  return new Map(
    pairs
      .filter(([key]) => key.startsWith(processPrefix))
      .map(([key, reason]) => [key.slice(processPrefix.length), reason]),
  );
}
