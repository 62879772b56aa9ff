import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { listNames, nameHint } from './name-hint.ts';

const many = Array.from({ length: 3000 }, (_, at) => `scheme_${at}`);

describe('nameHint', () => {
  test('suggests the name that is meant', () =>
    assert.equal(nameHint('api-key', ['users', 'api_key']), "Did you mean 'api_key'?"));

  test('lists what there is when nothing is similar', () =>
    assert.equal(nameHint('firebase', ['users', 'api_key']), 'Defined are: users, api_key.'));

  test('says nothing when nothing is defined', () => assert.equal(nameHint('users', []), undefined));

  test('stays a sentence when thousands are defined', () =>
    assert.equal(
      nameHint('nothing', many),
      'Defined are: scheme_0, scheme_1, scheme_2, scheme_3, scheme_4, scheme_5, scheme_6, scheme_7, scheme_8, scheme_9 and more.',
    ));
});

describe('listNames', () => {
  test('lists a few names in full', () => assert.equal(listNames(['a', 'b']), 'a, b'));
});
