import assert from 'node:assert/strict';
import type { GateOptions } from './harness/gate.ts';
import { answered, type Http1Case, type Outcome, passed, refused, table } from './harness/hostile-case.ts';

/** The proxy that items 45 to 61 are sent to. */
export const pathsGate: GateOptions = {
  operations: [
    ...['/a', '/a/b', '/items/{id}', '/items/new', '/jobs/{id}:run', '/files/**', '/files/*/meta'].map(
      (path) => ({
        row: `GET ${path}`,
      }),
    ),
    { row: 'POST /jobs/{id}' },
    { row: 'GET /keyed', needsKey: true },
  ],
  hasControl: true,
};

/** The same with a CORS preset. */
export const corsGate: GateOptions = { operations: [{ row: 'GET /a' }], flags: ['--cors_preset=basic'] };

const request = (method: string, target: string, ...fields: string[]): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: a.example', ...fields, '', ''].join('\r\n');
const get = (target: string, ...fields: string[]): string => request('GET', target, ...fields);
const got = (target: string, ...fields: string[]): Outcome =>
  passed([`GET ${target} HTTP/1.1`, 'host: a.example', ...fields, '', ''].join('\r\n'));

const notFound = answered(404, 'direct_response');
/** Envoy closes after every 400 of its own. */
const malformed = refused(400, 'path_normalization_failed', '-');
const longSegment = 'x'.repeat(50_000);
const manyParameters = `/a?${'a=1&'.repeat(10_000)}`;
const manySegments = '/b'.repeat(10_000);

/** A target, and the target that reaches the backend or what is answered instead. */
type PathRow = readonly [target: string, becomes: string | Outcome, name?: string];

function paths(item: number, rows: readonly PathRow[]): Http1Case[] {
  return table(
    item,
    rows.map(([target, becomes, name]) => [
      name ??
        (typeof becomes === 'string' && becomes !== target
          ? `\`${target}\` as \`${becomes}\``
          : `\`${target}\``),
      get(target),
      typeof becomes === 'string' ? got(becomes) : becomes,
    ]),
  );
}

/** Paths and queries, items 45 to 61. */
export const pathCases: readonly Http1Case[] = [
  ...paths(45, [
    ['/x/../a', '/a'],
    ['/../../a', '/a'],
    ['/a/./b', '/a/b'],
    ['/a//b', '/a/b'],
    ['/a/..;/b', notFound],
  ]),
  ...paths(46, [
    ['/x/%2e%2e/a', '/a'],
    ['/x/%2E./a', '/a'],
    ['/items/%252e%252e', '/items/%252e%252e'],
  ]),
  ...paths(47, [
    ['/items/a%2Fb', '/items/a%2Fb'],
    ['/items/a%5Cb', '/items/a%5Cb'],
    ['/x\\..\\a', '/a'],
  ]),
  ...paths(48, [
    ['/items/%00', malformed],
    ['/items/%0d%0aX-A:%20b', '/items/%0d%0aX-A:%20b'],
  ]),
  ...paths(49, [
    ['/items/%', '/items/%'],
    ['/items/%G1', '/items/%G1'],
    ['/items/%u002f', '/items/%u002f'],
    ['/items/%%34%31', '/items/%2541'],
  ]),
  ...paths(50, [
    ['/items/%c0%af', '/items/%c0%af'],
    ['/items/%c0%ae%c0%ae/a', notFound],
  ]),
  ...paths(51, [['/A', notFound]]),
  ...paths(52, [
    ['/a/', '/a/'],
    ['/a;v=1', notFound],
    ['/a%3Fx', notFound],
    ['/a?x?y', '/a?x?y'],
  ]),
  ...paths(53, [
    ['/jobs/7:run', '/jobs/7:run'],
    ['/jobs/7%3Arun', answered(405, 'direct_response')],
  ]),
  ...paths(54, [
    [`/items/${longSegment}`, `/items/${longSegment}`, 'a path of 50 KB'],
    [`/items/${'x'.repeat(65_536)}`, refused(431, 'http1.headers_too_large'), 'a path of 64 KB'],
    [manySegments, notFound, '10,000 segments'],
    [`/files${manySegments}`, `/files${manySegments}`, '10,000 segments below `/files/**`'],
    ['/'.repeat(10_000), notFound, '10,000 slashes'],
  ]),
  ...paths(55, [
    ['/files/x/meta', '/files/x/meta'],
    ['/files/x/y/meta', '/files/x/y/meta'],
    ['/files/', '/files/'],
  ]),
  ...paths(56, [
    ['/items/new', '/items/new'],
    ['/items/ne%77', '/items/new'],
    ['/items/__proto__', '/items/__proto__'],
    ['/constructor', notFound],
  ]),
  ...paths(57, [
    ['/a?x=1&x=2', '/a?x=1&x=2'],
    [manyParameters, manyParameters, '10,000 query parameters'],
  ]),
  ...paths(58, [['/a?x=1+2%203', '/a?x=1+2%203']]),
  ...table(60, [
    [
      'a key in the query and another one in a header: the query counts',
      get('/keyed?key=of-query', 'X-Api-Key: of-header'),
      got(
        '/keyed?key=of-query',
        'x-api-key: of-header',
        'x-endpoint-api-consumer-type: PROJECT',
        'x-endpoint-api-consumer-number: 123456',
      ),
      ({ control }) => assert.equal(control.checks.at(-1)?.operation?.consumerId, 'api_key:of-query'),
    ],
    [
      'an empty key in the query and another one in a header',
      get('/keyed?key=', 'X-Api-Key: of-header'),
      answered(401, 'service_control_bad_request{MISSING_API_KEY}', 'UAEX'),
    ],
  ]),
  ...table(62, [
    [
      'OPTIONS on a path that is not there',
      request('OPTIONS', '/none', 'Origin: https://a.example', 'Access-Control-Request-Method: GET'),
      notFound,
    ],
    [
      'OPTIONS on an operation',
      request('OPTIONS', '/a', 'Origin: https://a.example', 'Access-Control-Request-Method: GET'),
      answered(405, 'direct_response'),
    ],
  ]),
];

const allowed: Outcome = { ...answered(200, 'cors_response'), answerHas: 'access-control-allow-origin: ' };

/** Preflights where a CORS preset is on, item 62. */
export const corsCases: readonly Http1Case[] = table(62, [
  [
    'a preflight on a path that is not there, with a CORS preset',
    request('OPTIONS', '/none', 'Origin: https://a.example', 'Access-Control-Request-Method: GET'),
    allowed,
  ],
  [
    'a preflight of the origin `null`, with a CORS preset',
    request('OPTIONS', '/a', 'Origin: null', 'Access-Control-Request-Method: GET'),
    allowed,
  ],
  [
    'OPTIONS without an origin, with a CORS preset',
    request('OPTIONS', '/a', 'Access-Control-Request-Method: GET'),
    refused(400, 'direct_response', '-'),
  ],
  [
    'OPTIONS without a method, with a CORS preset',
    request('OPTIONS', '/a', 'Origin: https://a.example'),
    refused(400, 'direct_response', '-'),
  ],
  [
    'OPTIONS with neither, with a CORS preset',
    request('OPTIONS', '/a'),
    refused(400, 'direct_response', '-'),
  ],
]);

/** Its access log is the default one. */
export const logGate: GateOptions = {
  operations: [{ row: 'GET /keyed', needsKey: true }, { row: 'GET /open' }],
  hasControl: true,
  flags: ['--access_log_format=json'],
};

const keyRows: ReadonlyArray<readonly [name: string, target: string, status: number]> = [
  ['of an operation that needs one', '/keyed?x=1&key=SECRET-KEY&y=2', 200],
  ['as the second of two', '/keyed?key=SECRET-KEY-1&api_key=SECRET-KEY-2', 200],
  ['of an operation that needs none', '/open?key=SECRET-KEY', 200],
  ['of no operation', '/none?api_key=SECRET-KEY', 404],
  ['of a request that is refused', '/keyed?key=SECRET-KEY&x=%00#', 400],
];

/** Where keys would come into the access log, item 61. */
export const keyLogCases: ReadonlyArray<{
  readonly item: 61;
  readonly name: string;
  readonly sent: string;
  readonly status: number;
}> = keyRows.map(([name, target, status]) => ({
  item: 61,
  name: `a key in the query ${name}`,
  sent: get(target),
  status,
}));
