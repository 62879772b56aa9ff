import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import type { Service } from '../../gen/google/api/service_pb.ts';
import { compileFiles } from '../compile.ts';
import { compareServices } from './compare-services.ts';
import { parentPaths } from './element-path.ts';
import { renderComparison } from './render-comparison.ts';
import type { ComparisonFormat } from './render-comparison.ts';

// A case is a folder with old.yaml and new.yaml, `expected.txt` and `expected.json`.
const folder = join(import.meta.dirname, 'golden');
const update = process['env']['UPDATE_GOLDEN'] === '1';

function compile(name: string, side: 'old' | 'new'): Service {
  const [file] = globSync(`${side}.*`, { cwd: join(folder, name) });
  assert.ok(file !== undefined, `${name} has no ${side}.*`);
  // Both sides are called the same, as two versions of one file are.
  const path = file.replace(side, 'openapi');
  const contents = readFileSync(join(folder, name, file));
  const { service, diagnostics } = compileFiles([{ path, contents }], { producerProjectId: 'p' });
  const errors = diagnostics.filter(({ kind }) => kind === 'error');
  assert.ok(service !== undefined, JSON.stringify(errors));
  return service;
}

function compareFile(path: string, actual: string): void {
  if (update) writeFileSync(path, actual);
  assert.equal(actual, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
}

describe('compareServices of golden pairs', () => {
  for (const name of readdirSync(folder).sort()) {
    test(name, () => {
      const comparison = compareServices(compile(name, 'old'), compile(name, 'new'));
      for (const [format, extension] of [
        ['text', 'txt'],
        ['json', 'json'],
      ] as const satisfies (readonly [ComparisonFormat, string])[])
        compareFile(join(folder, name, `expected.${extension}`), renderComparison(comparison, format));
    });

    test(`${name} names elements that differ`, () => {
      const { callers, elements } = compareServices(compile(name, 'old'), compile(name, 'new'));
      for (const { element, rule } of callers)
        assert.ok(
          elements.some(
            (change) =>
              parentPaths(change.element).includes(element) || parentPaths(element).includes(change.element),
          ),
          `${rule}: ${element}`,
        );
    });
  }
});
