import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { Secret } from '../core/secret.ts';
import { SecretBox, secretBoxKeyBytes } from './secret-box.ts';

const box = new SecretBox(new Secret<Uint8Array>(randomBytes(secretBoxKeyBytes)));

describe('SecretBox', () => {
  test('opens what it sealed', () => {
    assert.equal(box.open('t/1', box.seal('t/1', 'value ä')).toString(), 'value ä');
    assert.deepEqual([...box.open('t/1', box.seal('t/1', Buffer.of()))], []);
  });

  test('seals the same value differently every time', () => {
    assert.notDeepEqual(box.seal('t/1', 'value'), box.seal('t/1', 'value'));
  });

  test('refuses another place', () => {
    const sealed = box.seal('t/1', 'value');
    assert.throws(() => box.open('t/2', sealed));
  });

  test('refuses another key', () => {
    const other = new SecretBox(new Secret<Uint8Array>(randomBytes(secretBoxKeyBytes)));
    assert.throws(() => other.open('t/1', box.seal('t/1', 'value')));
  });

  test('refuses bytes that were changed anywhere', () => {
    const sealed = box.seal('t/1', 'value');
    for (let i = 0; i < sealed.length; i++) {
      const changed = Buffer.from(sealed);
      changed[i] = (changed[i] as number) ^ 1;
      assert.throws(() => box.open('t/1', changed));
    }
  });

  for (const length of [0, 5, 27])
    test(`refuses ${length} bytes`, () => {
      assert.throws(() => box.open('t/1', Buffer.alloc(length)));
    });

  test('refuses a key of the wrong length', () => {
    assert.throws(() => new SecretBox(new Secret<Uint8Array>(Buffer.alloc(16))), RangeError);
  });
});
