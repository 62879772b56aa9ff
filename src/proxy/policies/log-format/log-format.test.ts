import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { FormatRecord } from './format-record.ts';
import {
  compileJsonLogFormat,
  compileLogFormat,
  defaultAccessLogFormat,
  missingInLog,
} from './log-format.ts';
import { testRecord } from './testing/test-record.ts';

function write(text: string, parts: Partial<FormatRecord> = {}): string {
  const result = compileLogFormat(text);
  assert.ok(result.kind === 'format', 'problem' in result ? result.problem : '');
  return result.format.write(testRecord(parts), missingInLog);
}

const state = { filterState: (key: string) => (key === 'op' ? '<Unknown "Op">' : undefined) };
const tls = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  serverName: 'api.example.com',
  peerSubject: 'CN=c',
  peerFingerprint: 'ab12',
};

const table: ReadonlyArray<readonly [format: string, expected: string, parts?: Partial<FormatRecord>]> = [
  ['100%%', '100%'],
  ['%REQ(:METHOD)% %REQ(:PATH)% %REQ(:AUTHORITY)% %REQ(:SCHEME)%', 'GET /echo?key=k api.example.com http'],
  ['%REQ(X-A?User-Agent)%', 'curl/8'],
  ['%REQ(X-A?X-B)%', '-'],
  ['%REQ(USER-AGENT):4%|', 'curl|'],
  ['%RESP(Content-Type)% %TRAILER(x)%', 'text/plain -'],
  ['%START_TIME%', '2026-01-02T03:04:05.067Z'],
  [
    '%START_TIME(%Y/%m/%d %H:%M:%S.%6f %s %b %a %j %E1S %E*S %%)%',
    '2026/01/02 03:04:05.067000 1767323045 Jan Fri 002 05.0 05.067 %',
  ],
  ['%DURATION% %REQUEST_DURATION% %REQUEST_TX_DURATION%', '12 1 2'],
  ['%RESPONSE_DURATION% %RESPONSE_TX_DURATION%', '10 2'],
  ['%RESPONSE_DURATION%', '-', { responseDurationMs: undefined }],
  ['%BYTES_RECEIVED% %BYTES_SENT% %REQUEST_HEADERS_BYTES% %RESPONSE_HEADERS_BYTES%', '3 4 100 50'],
  ['%PROTOCOL% %UPSTREAM_PROTOCOL%', 'HTTP/1.1 HTTP/1.1'],
  ['%RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS%', '200 via_upstream -'],
  [
    '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%',
    '503 UF,URX UpstreamConnectionFailure,UpstreamRetryLimitExceeded',
    { responseCode: 503, responseFlags: 'UF,URX' },
  ],
  ['%RESPONSE_CODE%', '0', { responseCode: 0 }],
  [
    '%UPSTREAM_HOST% %UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %UPSTREAM_REMOTE_PORT% %UPSTREAM_CLUSTER%',
    '127.0.0.1:8082 127.0.0.1 8082 local',
  ],
  ['%UPSTREAM_HOST%', '-', { upstreamHost: '' }],
  ['%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%', '203.0.113.9:0 203.0.113.9'],
  ['%DOWNSTREAM_REMOTE_ADDRESS%', '10.0.0.1:40000', { clientAddress: '10.0.0.1' }],
  [
    '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS%',
    '[::1]:40000 10.0.0.2:8080',
    { peerAddress: '::1' },
  ],
  [
    '%DOWNSTREAM_TLS_VERSION% %REQUESTED_SERVER_NAME% %DOWNSTREAM_PEER_FINGERPRINT_256%',
    'TLSv1.3 api.example.com ab12',
    { tls },
  ],
  ['%DOWNSTREAM_TLS_VERSION%', '-'],
  ['%ROUTE_NAME% %HOSTNAME% %ENVIRONMENT(ZONE)% %ENVIRONMENT(NONE)%', 'shop.Get host-1 z1 -'],
  ['%FILTER_STATE(op)%', '"\\u003cUnknown \\"Op\\"\\u003e"', state],
  ['%FILTER_STATE(op:PLAIN)%', '<Unknown "Op">', state],
  ['%FILTER_STATE(op):9%|', '"\\u003cUn|', state],
  ['%PER_REQUEST_STATE(op)%', '<Unknown "Op">', state],
  ['%FILTER_STATE(none)%', '-', state],
  ['%DYNAMIC_METADATA(ns:key)% %UPSTREAM_METADATA(["ns","key"])%', '- -'],
  [
    '%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS(NUMBER)% %GRPC_STATUS_NUMBER%',
    'FailedPrecondition FAILED_PRECONDITION 9 9',
    { grpcStatus: 9 },
  ],
  ['%GRPC_STATUS%', 'OK', { grpcStatus: 0 }],
  ['%GRPC_STATUS%', 'Canceled', { grpcStatus: 1 }],
  ['%GRPC_STATUS%', '-'],
  ['%LOCAL_REPLY_BODY%', '{}', { localReplyBody: '{}' }],
];

describe('compileLogFormat', () => {
  for (const [format, expected, parts] of table) {
    test(`writes ${JSON.stringify(expected)} for ${format}`, () => {
      assert.equal(write(format, parts), expected);
    });
  }

  test('writes the default line', () => {
    assert.equal(
      write(defaultAccessLogFormat),
      '[2026-01-02T03:04:05.067Z] "GET /echo?key=k HTTP/1.1" 200 - 3 4 12 - "-" "curl/8" "id-1" "api.example.com" "127.0.0.1:8082"\n',
    );
  });

  test('adds no newline to a custom format', () => {
    assert.equal(write('a'), 'a');
  });

  const bad = [
    '%',
    '50% off',
    '%NOPE%',
    '%constructor%',
    '%REQ%',
    '%REQ()%',
    '%REQ(a?b?c)%',
    '%PROTOCOL(x)%',
    '%START_TIME(%Q)%',
    '%GRPC_STATUS(OTHER)%',
    '%FILTER_STATE%',
    '%REQ(a):x%',
  ];
  for (const format of bad) {
    test(`refuses ${format}`, () => {
      assert.equal(compileLogFormat(format).kind, 'error');
    });
  }

  test('writes texts without operators as they are', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        assert.equal(write(text.replaceAll('%', '%%')), text);
      }),
    );
  });
});

describe('compileJsonLogFormat', () => {
  test('keeps numbers, writes null for what does not exist, and texts with dashes', () => {
    const result = compileJsonLogFormat({
      status: '%RESPONSE_CODE%',
      agent: '%REQ(User-Agent)%',
      none: '%REQ(none)%',
      'a"b': '%REQ(none)%/%PROTOCOL%',
      plain: 'x',
    });
    assert.ok(result.kind === 'format');
    const line = result.format.write(testRecord(), missingInLog);
    assert.equal(line, '{"status":200,"agent":"curl/8","none":null,"a\\"b":"-/HTTP/1.1","plain":"x"}\n');
  });

  test('names the member of a bad format', () => {
    assert.deepEqual(compileJsonLogFormat({ a: '%NOPE%' }), {
      kind: 'error',
      problem: 'a: unknown operator %NOPE%',
    });
  });
});
