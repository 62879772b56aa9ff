import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RpcCode } from '../../core/status.ts';
import { ListKeysRequestSchema } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { toFieldJson } from './field-value.ts';
import { RpcError } from './rpc-error.ts';

describe('toFieldJson', () => {
  const { showDeleted } = ListKeysRequestSchema.field;

  for (const [text, value] of [
    ['true', true],
    ['false', false],
    ['1', true],
    ['0', false],
    ['True', true],
    ['False', false],
  ] as const)
    it(`reads ${text} as a boolean`, () => assert.equal(toFieldJson(showDeleted, text), value));

  for (const text of ['', 'yes', 'TRUE', '2'])
    it(`refuses '${text}' as a boolean`, () =>
      assert.throws(
        () => toFieldJson(showDeleted, text),
        (error) => error instanceof RpcError && error.code === RpcCode.INVALID_ARGUMENT,
      ));
});
