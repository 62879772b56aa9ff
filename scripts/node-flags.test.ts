import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { nodeFlags } from '../src/core/node-flags.ts';

const root = join(import.meta.dirname, '..');

describe('nodeFlags', () => {
  for (const file of ['bin/gatehouse', 'package.json']) {
    it(`are the flags in ${file}`, () => {
      assert.ok(readFileSync(join(root, file), 'utf8').includes(`${nodeFlags.join(' ')} `));
    });
  }
});
