import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { OperationRecord } from '../../store/operations.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { parseOperationFilter } from './operation-filter.ts';

const record = (state: 'done' | 'failed' | 'running', startedAt: string): OperationRecord => ({
  name: 'operations/x',
  api: 'servicemanagement',
  resource: 'services/a.example',
  startedAtMs: Date.parse(startedAt),
  operation: create(OperationSchema, {
    done: state !== 'running',
    ...(state === 'failed' ? { result: { case: 'error', value: { code: 3 } } } : {}),
  }),
});
const records = {
  done: record('done', '2016-01-01'),
  failed: record('failed', '2018-01-01'),
  oldRunning: record('running', '2016-01-01'),
  running: record('running', '2018-01-01'),
};
type Name = keyof typeof records;

describe('parseOperationFilter', () => {
  for (const [filter, names] of [
    ['serviceName=a.example', ['done', 'failed', 'oldRunning', 'running']],
    ['serviceName="a.example" AND status=done', ['done']],
    ['status=failed AND serviceName=a.example', ['failed']],
    ['serviceName=a.example AND status=in_progress', ['oldRunning', 'running']],
    ['serviceName=a.example AND (done = true OR startTime >= "2017-02-01")', ['done', 'failed', 'running']],
    ['serviceName=a.example AND (done = true | startTime>="2017-02-01")', ['done', 'failed', 'running']],
    ['serviceName=a.example AND done=false AND startTime<2017-02-01T00:00:00Z', ['oldRunning']],
  ] as const)
    it(`selects ${names.join(', ')} by ${filter}`, () => {
      const { serviceName, matches } = parseOperationFilter(filter);
      assert.equal(serviceName, 'a.example');
      assert.deepEqual(
        (Object.keys(records) as Name[]).filter((name) => matches(records[name])),
        names,
      );
    });

  for (const [filter, message] of [
    ['', /^Must specify a filter\.$/],
    ['status=done', /must name a service/],
    ['serviceName=a.example AND status=weird', /cannot use 'status=weird'/],
    ['serviceName=a.example AND color=red', /cannot use 'color=red'/],
    ['serviceName=a.example AND startTime>=soon', /cannot use 'startTime'/],
    ['serviceName=a.example OR status=done', /cannot use/],
    ['serviceName=a.example AND ((done=true))', /cannot use/],
    [`serviceName=${'a'.repeat(2000)}`, /longer than 2000/],
  ] as const)
    it(`refuses '${filter.slice(0, 50)}'`, () =>
      assert.throws(
        () => parseOperationFilter(filter),
        (error) =>
          error instanceof RpcError && error.code === RpcCode.INVALID_ARGUMENT && message.test(error.message),
      ));
});
