import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findStalePages } from './docs.ts';

describe('findStalePages', () => {
  it('finds every generated page up to date', () => {
    assert.deepEqual(findStalePages(), [], 'run npm run docs');
  });
});
