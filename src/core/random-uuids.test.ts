import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createUuidSource } from './random-uuids.ts';

describe('createUuidSource', () => {
  it('gives UUIDs of version 4 and variant 10, beyond one batch', () => {
    const next = createUuidSource();
    for (let i = 0; i < 200; i++)
      assert.match(next(), /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it('gives each only once', () => {
    const next = createUuidSource();
    assert.equal(new Set(Array.from({ length: 1000 }, next)).size, 1000);
  });
});
