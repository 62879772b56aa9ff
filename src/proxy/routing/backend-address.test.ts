import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseBackendAddress, toBackendProtocol } from './backend-address.ts';

const accepted: ReadonlyArray<
  readonly [text: string, scheme: string, host: string, port: number, path: string]
> = [
  ['https://h', 'https', 'h', 443, ''],
  ['https://h/', 'https', 'h', 443, ''],
  ['https://h/api/', 'https', 'h', 443, '/api'],
  ['http://h:8989/api/', 'http', 'h', 8989, '/api'],
  ['grpc://h', 'grpc', 'h', 80, ''],
  ['GRPCS://h', 'grpcs', 'h', 443, ''],
  ['r://h', 'r', 'h', 80, ''],
  ['s://h', 's', 'h', 443, ''],
  ['h', 'https', 'h', 443, ''],
  ['https://h/api?query=1', 'https', 'h', 443, '/api'],
  ['http://[::1]:8080', 'http', '::1', 8080, ''],
  ['http://[::1]', 'http', '::1', 80, ''],
  ['unix:/run/app.sock', 'unix', '/run/app.sock', 0, ''],
  ['unix:///run/app.sock', 'unix', '/run/app.sock', 0, ''],
];

const refused: ReadonlyArray<readonly [text: string, problem: RegExp]> = [
  ['grpcs://127.0.0.1:80bad', /invalid port "80bad"/],
  ['grpcs://127.0.0.1:::80', /too many colons/],
  ['127.0.0.1:80/hello%20%XX', /invalid URL escape "%XX"/],
  ['http://www.google\0.com', /invalid character in host name/],
  ['https://[::1:80', /missing ']' in host/],
  ['http://[::zz]:80', /invalid IPv6 address "::zz"/],
  ['http://some^invalid:url:googleapis/com', /too many colons/],
  ['http://user@h', /invalid character in host name/],
  ['http://h:70000', /invalid port "70000"/],
  ['http://', /missing host/],
];

describe('parseBackendAddress', () => {
  for (const [text, scheme, host, port, path] of accepted) {
    test(`reads ${text}`, () => {
      assert.deepEqual(parseBackendAddress(text), {
        kind: 'address',
        address: { scheme, host, port, path },
      });
    });
  }

  for (const [text, problem] of refused) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      const result = parseBackendAddress(text);
      assert.ok(result.kind === 'error');
      assert.match(result.problem, problem);
    });
  }

  test('assumes the given scheme for host and port alone', () => {
    const result = parseBackendAddress('127.0.0.1:8081', 'http');
    assert.deepEqual(result, {
      kind: 'address',
      address: { scheme: 'http', host: '127.0.0.1', port: 8081, path: '' },
    });
  });
});

describe('toBackendProtocol', () => {
  const table = [
    ['http', '', 'http/1.1', false],
    ['http', 'HTTP/1.1', 'http/1.1', false],
    ['http', 'h2', 'h2', false],
    ['https', 'http/1.1', 'http/1.1', true],
    ['grpc', 'whatever', 'grpc', false],
    ['grpcs', '', 'grpc', true],
  ] as const;
  for (const [scheme, protocol, expected, tls] of table) {
    test(`takes ${scheme} with '${protocol}' as ${expected}`, () => {
      assert.deepEqual(toBackendProtocol(scheme, protocol), { kind: 'protocol', protocol: expected, tls });
    });
  }

  test('refuses other schemes', () => {
    assert.deepEqual(toBackendProtocol('rrr', ''), {
      kind: 'error',
      problem: 'unknown backend scheme [rrr], should be one of http(s) or grpc(s)',
    });
  });

  test('refuses other protocols', () => {
    assert.deepEqual(toBackendProtocol('https', 'vvv'), {
      kind: 'error',
      problem: 'unknown backend http protocol [vvv]',
    });
  });
});
