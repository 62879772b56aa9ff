import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { nearestName } from './nearest-name.ts';

const names = ['security', 'operationId', 'x-google-backend', 'in'];

describe('nearestName', () => {
  for (const [slip, name] of [
    ['Security', 'security'],
    ['securty', 'security'],
    ['operation_id', 'operationId'],
    ['x-google-bakcend', 'x-google-backend'],
    ['anything', undefined],
    ['on', undefined],
    ['', undefined],
  ] as const) {
    test(`takes '${slip}' for ${name ?? 'nothing'}`, () => assert.equal(nearestName(slip, names), name));
  }
});
