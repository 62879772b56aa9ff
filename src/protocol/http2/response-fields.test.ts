import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { unknownLength } from '../http/stream.ts';
import { readResponse } from './response-fields.ts';

const ok = [':status', '200'];

describe('readResponse', () => {
  it('takes the status, the fields and the length apart', () => {
    assert.deepEqual(readResponse([...ok, 'x-a', '1', 'content-length', '5', 'x-a', '2']), {
      status: 200,
      headers: ['x-a', '1', 'x-a', '2'],
      bodyLength: 5,
    });
  });

  it('knows no length without content-length', () => {
    assert.equal(readResponse(ok)?.bodyLength, unknownLength);
  });

  it('passes over the length of a 204', () => {
    assert.equal(readResponse([':status', '204', 'content-length', '5'])?.bodyLength, 0);
  });

  it('takes any status of three digits', () => {
    assert.equal(readResponse([':status', '999'])?.status, 999);
  });

  const malformed: ReadonlyArray<readonly [what: string, fields: readonly string[]]> = [
    ['no field', []],
    ['no status', ['x-a', 'b']],
    ['a status behind a field', ['x-a', 'b', ...ok]],
    ['two statuses', [...ok, ...ok]],
    ['the status 20', [':status', '20']],
    ['the status 2000', [':status', '2000']],
    ['the status 099', [':status', '099']],
    ['the status abc', [':status', 'abc']],
    ['an empty status', [':status', '']],
    ['a status with a phrase', [':status', '200 OK']],
    ['the status 101', [':status', '101']],
    ['a pseudo field of requests', [...ok, ':path', '/']],
    ['an unknown pseudo field', [...ok, ':a', 'b']],
    ['connection', [...ok, 'connection', 'close']],
    ['keep-alive', [...ok, 'keep-alive', 'timeout=5']],
    ['proxy-connection', [...ok, 'proxy-connection', 'close']],
    ['transfer-encoding', [...ok, 'transfer-encoding', 'chunked']],
    ['upgrade', [...ok, 'upgrade', 'h2c']],
    ['two lengths', [...ok, 'content-length', '5', 'content-length', '5']],
    ['the length -1', [...ok, 'content-length', '-1']],
    ['the length 1,1', [...ok, 'content-length', '1,1']],
    ['an empty length', [...ok, 'content-length', '']],
    ['a length of 16 digits', [...ok, 'content-length', '1'.repeat(16)]],
    ['an interim response with a length', [':status', '103', 'content-length', '1']],
  ];
  for (const [what, fields] of malformed)
    it(`refuses ${what}`, () => {
      assert.equal(readResponse(fields), undefined);
    });
});
