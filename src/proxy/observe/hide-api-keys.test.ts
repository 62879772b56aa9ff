import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientTarget } from '../pipeline/client-target.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { hideApiKeys } from './hide-api-keys.ts';

const rows: ReadonlyArray<readonly [name: string, target: string, line: string]> = [
  [
    'in both places where keys are looked for',
    '/a?key=AIzaSecret1&api_key=AIzaSecret2',
    '/a?key=[redacted]&api_key=[redacted]',
  ],
  ['given twice', '/a?key=AIzaSecret1&key=AIzaSecret2', '/a?key=[redacted]&key=[redacted]'],
  ['of a request that no stage has read it from', '/a?key=AIzaSecret1&x=%00#', '/a?key=[redacted]&x=%00#'],
  [
    'that is part of another one',
    '/a?key=AIzaSecret&api_key=AIzaSecret1',
    '/a?key=[redacted]&api_key=[redacted]',
  ],
  ['that is too short to be one', '/a?key=short', '/a?key=short'],
  ['under another name', '/a?monkey=AIzaSecret1', '/a?monkey=AIzaSecret1'],
];

describe('hideApiKeys', () => {
  for (const [name, target, expected] of rows)
    it(`looks for a key ${name}`, () => {
      let line = '';
      const observer = {
        onExchangeEnd: (exchange: Parameters<typeof hideApiKeys>[1]): void => {
          line = hideApiKeys(clientTarget(exchange), exchange);
        },
      };
      createTestGateway({ observers: [observer] }).send({ target });
      assert.equal(line, expected);
    });
});
