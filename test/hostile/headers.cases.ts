import assert from 'node:assert/strict';
import type { GateOptions } from './harness/gate.ts';
import {
  answered,
  type Http1Case,
  type Outcome,
  passed,
  refused,
  type SentHttp1,
  table,
} from './harness/hostile-case.ts';

/** The proxy that items 63 to 76 are sent to. */
export const headersGate: GateOptions = {
  operations: [
    { row: 'GET /a' },
    { row: 'POST /a' },
    { row: 'GET /a/b' },
    { row: 'GET /keyed', needsKey: true },
  ],
  hasControl: true,
  flags: [
    '--enable_operation_name_header',
    '--disallow_escaped_slashes_in_path',
    '--client_ip_from_forwarded_header',
  ],
};

/** The same as ESP v1. */
export const headersGateOfV1: GateOptions = { operations: [{ row: 'GET /a' }], runtimeVersion: '1' };

const operationName = 'x-endpoint-api-operation-name: 1.hostile_endpoints_example_cloud_goog.Op1';
const request = (method: string, target: string, ...fields: string[]): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: a.example', ...fields, '', ''].join('\r\n');
const get = (...fields: string[]): string => request('GET', '/a', ...fields);
/** The gateway's own fields come last. */
const got = (...fields: string[]): Outcome =>
  passed(['GET /a HTTP/1.1', 'host: a.example', ...fields, operationName, '', ''].join('\r\n'));

/** ESPv2 tries a request again whose answer is none. */
const twice = (outcome: Outcome): Outcome => ({
  ...outcome,
  reaches: [...(outcome.reaches ?? []), ...(outcome.reaches ?? [])],
});

const underscore = refused(400, 'http1.unexpected_underscore');

/** What a client must not say of itself. */
const identityNames = [
  'X-Forwarded-Authorization',
  'X-Endpoint-API-Operation-Name',
  'X-Endpoint-API-Project-ID',
  'X-Endpoint-API-Consumer-Number',
  'X-Apigateway-Api-Userinfo',
  'X-Envoy-Internal',
];

const clientIs =
  (address: string): NonNullable<Http1Case['verify']> =>
  (_gate, logged) =>
    assert.equal(logged?.client, address);

/** The backend answers with this field. */
const withBackendField =
  (field: string): SentHttp1 =>
  async (peer, { backend }) => {
    backend.answer = (heard) =>
      heard.startsWith('GET /fence ')
        ? 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'
        : `HTTP/1.1 200 OK\r\n${field}\r\ncontent-length: 2\r\n\r\nok`;
    peer.send(get());
    await Promise.resolve();
  };
const forwardedRows: ReadonlyArray<readonly [name: string, value: string | undefined, address: string]> = [
  ['no hop', undefined, '127.0.0.1'],
  ['one hop', '203.0.113.9', '127.0.0.1'],
  ['three hops', '203.0.113.9, 203.0.113.8, 203.0.113.7', '203.0.113.9'],
  ['50 hops', Array.from({ length: 50 }, (_one, index) => `203.0.113.${index}`).join(', '), '203.0.113.47'],
  ['IPv6', '2001:db8::1, 203.0.113.8, 203.0.113.7', '2001:db8::1'],
  ['a port', '203.0.113.9:80, 203.0.113.8, 203.0.113.7', '127.0.0.1'],
  ['junk', '<script>, 203.0.113.8, 203.0.113.7', '127.0.0.1'],
  [
    'a private address that the client made up',
    '10.0.0.1, 203.0.113.9, 203.0.113.8, 203.0.113.7',
    '203.0.113.9',
  ],
];

/** Headers and identity as ESPv2, items 63 to 76. */
export const headerCases: readonly Http1Case[] = [
  ...table(63, [
    ['X-Endpoint-API-UserInfo', get('X-Endpoint-API-UserInfo: forged'), got()],
    [
      'X-Endpoint-API-UserInfo twice',
      get('X-Endpoint-API-UserInfo: forged', 'X-Endpoint-API-UserInfo: forged'),
      got(),
    ],
    ['x-eNDPOINT-api-USERINFO', get('x-eNDPOINT-api-USERINFO: forged'), got()],
    ['X_Endpoint_API_UserInfo', get('X_Endpoint_API_UserInfo: forged'), underscore],
  ]),
  ...table(
    64,
    identityNames.flatMap((name) => [
      [
        `${name} twice, in two spellings`,
        get(`${name}: forged`, `${name.toLowerCase()}: forged`),
        got(),
      ] as const,
      [name.replaceAll('-', '_'), get(`${name.replaceAll('-', '_')}: forged`), underscore] as const,
    ]),
  ),
  ...table(19, [
    ['Connection: X-Endpoint-API-Operation-Name', get('Connection: X-Endpoint-API-Operation-Name'), got()],
  ]),
  ...table(65, [
    [
      'an override to an operation from a method that has none',
      request('PUT', '/a', 'X-HTTP-Method-Override: GET'),
      got(),
    ],
    ['an override in lower case', get('X-HTTP-Method-Override: post'), answered(405, 'direct_response')],
    [
      'two overrides: the first one counts',
      request('PUT', '/a', 'X-HTTP-Method-Override: GET', 'X-HTTP-Method-Override: DELETE'),
      got(),
    ],
    [
      'an override to something that is no method',
      get('X-HTTP-Method-Override: GET /b HTTP/1.1'),
      answered(405, 'direct_response'),
    ],
    [
      'an override to GET with a body',
      `${request('PUT', '/a', 'X-HTTP-Method-Override: GET', 'Content-Length: 5')}hello`,
      passed(
        ['GET /a HTTP/1.1', 'host: a.example', operationName, 'content-length: 5', '', 'hello'].join('\r\n'),
      ),
    ],
    [
      'an override on a gRPC call',
      request('POST', '/a', 'X-HTTP-Method-Override: GET', 'Content-Type: application/grpc'),
      got('content-type: application/grpc'),
    ],
  ]),
  ...table(
    66,
    forwardedRows.map(([name, value, address]) => [
      `X-Forwarded-For with ${name}: ${address}`,
      get(...(value === undefined ? [] : [`X-Forwarded-For: ${value}`])),
      got(),
      clientIs(address),
    ]),
  ),
  ...table(
    67,
    [
      ['for="203.0.113.9";proto=http', '203.0.113.9'],
      ['for="203.0.113.9:80";proto=http', '127.0.0.1'],
      ['for="[2001:db8::1]"', '2001:db8::1'],
      ['for=10.0.0.1, for=203.0.113.9', '203.0.113.9'],
      ['for="203.0.113.9;for=10.0.0.1"', '203.0.113.9'],
      ['for=unknown', '127.0.0.1'],
      ['for="203.0.113.9', '203.0.113.9'],
      ['by=10.0.0.1', '127.0.0.1'],
    ].map(([value = '', address = '']) => [
      `Forwarded: ${value}: ${address}`,
      get(`Forwarded: ${value}`),
      got(`forwarded: ${value}`),
      clientIs(address),
    ]),
  ),
  ...table(68, [
    [
      'X-Forwarded-Host and -Proto on a request that is redirected',
      request('GET', '/a%2Fb', 'X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: javascript'),
      { ...answered(307, 'path_normalization_failed'), answerHas: '\r\nlocation: /a/b\r\n' },
    ],
    [
      'a path that would redirect to another host',
      request('GET', '/%2Fevil.example'),
      { ...answered(307, 'path_normalization_failed'), answerHas: '\r\nlocation: /evil.example\r\n' },
    ],
  ]),
  ...table(69, [['a name with an underscore', get('X_A: b'), underscore]]),
  ...table(70, [['a value beyond ASCII', get('X-A: gr\xc3\xbc\xdf'), got('x-a: gr\xc3\xbc\xdf')]]),
  ...table(71, [
    [
      'two Authorization',
      get('Authorization: Bearer a', 'Authorization: Bearer b'),
      got('authorization: Bearer a', 'authorization: Bearer b'),
    ],
  ]),
  ...table(
    72,
    ['Bearer', 'bearer x', 'Bearer  x', 'Basic', 'Bearer a b'].map((value) => [
      `Authorization: ${value}, where the operation wants no JWT`,
      get(`Authorization: ${value}`),
      got(`authorization: ${value}`),
    ]),
  ),
  ...table(73, [
    ['a Cookie of 64 KB', get(`Cookie: a=${'b'.repeat(65_536)}`), refused(431, 'http1.headers_too_large')],
  ]),
  ...table(74, [
    [
      'a Content-Type that lies',
      `${request('POST', '/a', 'Content-Type: application/json; charset=utf-7', 'Content-Length: 5')}<xml>`,
      passed(
        [
          'POST /a HTTP/1.1',
          'host: a.example',
          'content-type: application/json; charset=utf-7',
          operationName.replace('Op1', 'Op2'),
          'content-length: 5',
          '',
          '<xml>',
        ].join('\r\n'),
      ),
    ],
  ]),
  ...table(75, [
    ['Range, without transcoding', get('Range: bytes=0-1,0-1,0-1'), got('range: bytes=0-1,0-1,0-1')],
  ]),
  ...table(
    76,
    [
      'x-a: b\rset-cookie: forged=1',
      'x-a: b\nset-cookie: forged=1',
      'x-a: b\0c',
      'x\r-a: b',
      ' x-a: b',
      'x-a : b',
    ].map((field) => [
      `the backend's ${JSON.stringify(field)}`,
      withBackendField(field),
      {
        ...twice(got()),
        status: 502,
        details: 'upstream_reset_before_response_started{protocol_error}',
        flags: 'UPE,URX',
      },
    ]),
  ),
];

/** Where ESP v1 answers otherwise. */
export const headerCasesOfV1: readonly Http1Case[] = [
  ...table(63, [
    [
      'X_Endpoint_API_UserInfo',
      get('X_Endpoint_API_UserInfo: forged'),
      passed('GET /a HTTP/1.1\r\nhost: a.example\r\n\r\n'),
    ],
  ]),
  ...table(69, [
    ['a name with an underscore', get('X_A: b'), passed('GET /a HTTP/1.1\r\nhost: a.example\r\n\r\n')],
  ]),
].map((one) => ({ ...one, only: 'ESP v1' as const }));
