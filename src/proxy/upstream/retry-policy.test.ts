import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { UpstreamFailureReason } from '../../protocol/http/stream.ts';
import type { RetryPolicy } from './retry-policy.ts';
import {
  backOffMs,
  createRetryPolicy,
  noRetryPolicy,
  parseRetryConditions,
  parseRetryStatusCodes,
  retriesFailure,
  retriesResponse,
} from './retry-policy.ts';

const policy = (conditions: string, codes: readonly number[] = []): RetryPolicy =>
  createRetryPolicy({ conditions: parseRetryConditions(conditions), statusCodes: new Set(codes) });

describe('parseRetryConditions', () => {
  it('drops words that nobody knows', () => {
    assert.deepEqual([...parseRetryConditions('5xx,this-is-random-retryOn, reset')], ['5xx', 'reset']);
    assert.deepEqual([...parseRetryConditions('')], []);
  });
});

describe('parseRetryStatusCodes', () => {
  it('reads a comma list', () => assert.deepEqual(parseRetryStatusCodes('500,503'), new Set([500, 503])));
  for (const [text, bad] of [
    ['501, 503', ' 503'],
    ['600', '600'],
    ['99', '99'],
    ['', ''],
    ['5x0', '5x0'],
  ] as const)
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseRetryStatusCodes(text), bad));
});

describe('retriesFailure', () => {
  const rows: ReadonlyArray<readonly [string, UpstreamFailureReason, boolean, boolean]> = [
    ['reset', 'connection_termination', true, true],
    ['reset', 'remote_connection_failure', false, true],
    ['reset', 'overflow', false, false],
    ['reset', 'no_healthy_upstream', false, false],
    ['connect-failure', 'remote_connection_failure', false, true],
    ['connect-failure', 'connection_timeout', false, true],
    ['connect-failure', 'connection_termination', true, false],
    ['refused-stream', 'remote_refused_stream_reset', false, true],
    ['refused-stream', 'remote_reset', true, false],
    ['5xx', 'remote_reset', true, true],
    ['gateway-error', 'protocol_error', true, true],
    ['reset-before-request', 'connection_termination', false, true],
    ['reset-before-request', 'connection_termination', true, false],
    ['retriable-status-codes', 'remote_reset', true, false],
    ['', 'remote_reset', true, false],
  ];
  for (const [conditions, reason, requestSent, expected] of rows)
    it(`says ${expected} to ${reason} with "${conditions}"${requestSent ? '' : ', nothing sent'}`, () => {
      const failure = { reason, transport: undefined, requestSent, responseStarted: false };
      assert.equal(retriesFailure(policy(conditions), failure), expected);
    });
});

describe('retriesResponse', () => {
  const rows: ReadonlyArray<readonly [string, readonly number[], number, readonly string[], boolean]> = [
    ['5xx', [], 500, [], true],
    ['5xx', [], 503, [], true],
    ['5xx', [], 403, [], false],
    ['gateway-error', [], 502, [], true],
    ['gateway-error', [], 500, [], false],
    ['retriable-4xx', [], 409, [], true],
    ['retriable-4xx', [], 404, [], false],
    ['retriable-status-codes', [503], 503, [], true],
    ['retriable-status-codes', [503], 500, [], false],
    ['reset', [503], 503, [], false],
    ['envoy-ratelimited', [], 429, ['x-envoy-ratelimited', 'true'], true],
    ['envoy-ratelimited', [], 429, [], false],
    ['unavailable', [], 200, ['grpc-status', '14'], true],
    ['unavailable', [], 200, ['grpc-status', '13'], false],
    ['internal', [], 200, ['grpc-status', '13'], true],
    ['cancelled', [], 200, ['grpc-status', '1'], true],
    ['deadline-exceeded', [], 200, ['grpc-status', '4'], true],
    ['resource-exhausted', [], 200, ['grpc-status', '8'], true],
    ['unavailable', [], 200, [], false],
  ];
  for (const [conditions, codes, status, headers, expected] of rows)
    it(`says ${expected} to ${status} ${headers.join(' ')} with "${conditions}" ${codes.join(',')}`, () => {
      assert.equal(
        retriesResponse(policy(conditions, codes), { status, headers: [...headers], bodyLength: 0 }),
        expected,
      );
    });

  it('says no to everything without conditions', () => {
    assert.equal(retriesResponse(noRetryPolicy, { status: 503, headers: [], bodyLength: 0 }), false);
  });
});

describe('backOffMs', () => {
  for (const [n, max] of [
    [1, 24],
    [2, 49],
    [3, 99],
    [4, 199],
    [5, 249],
    [9, 249],
  ] as const)
    it(`waits 0 to ${max} ms before retry ${n}`, () => {
      assert.equal(backOffMs(n, 0), 0);
      assert.equal(backOffMs(n, 0.999_999), max);
    });
});
