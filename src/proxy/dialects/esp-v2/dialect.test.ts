import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ControllerUnavailable } from '../../../service-control/service-controller.ts';
import type { Exchange } from '../../exchange.ts';
import type { LocalReply } from '../../local-reply.ts';
import { anyExchange, denied } from '../testing-exchange.ts';
import { createEspV2Dialect } from './dialect.ts';

const dialect = createEspV2Dialect();

/** Name, reply, HTTP status, message, response code details, response flags. */
type Row = readonly [
  name: string,
  reply: (exchange: Exchange) => LocalReply | undefined,
  status: number,
  message: string,
  details: string,
  flags: string,
];

const unavailable = (
  httpStatus: number,
  message: string,
  reason: NonNullable<ControllerUnavailable['reason']> = 'status',
): ControllerUnavailable => ({ kind: 'unavailable', httpStatus, message, reason });

const failed = 'upstream connect error or disconnect/reset before headers. ';
const checkFailed = 'Calling Google Service Control API failed with:';

const rows: readonly Row[] = [
  [
    'unknown path',
    (x) => dialect.notFound(x),
    404,
    'The current request is not defined by this API.',
    'direct_response',
    '',
  ],
  [
    'known path, other verb',
    (x) =>
      dialect.methodNotAllowed(x, {
        kind: 'methodNotAllowed',
        template: '/v1/shelves/{shelf}',
        allowedMethods: ['GET'],
      }),
    405,
    'The current request is matched to the defined url template "/v1/shelves/{shelf}" but its http method is not allowed',
    'direct_response',
    '',
  ],
  [
    'no preflight',
    (x) => dialect.corsRejected(x),
    400,
    'The CORS preflight request is missing one (or more) of the following required headers [Origin, Access-Control-Request-Method] or has an unmatched Origin header.',
    'direct_response',
    '',
  ],
  ['health', (x) => dialect.healthy(x), 200, '', 'health_check_ok', ''],
  [
    'no JWT',
    (x) => dialect.jwtMissing(x),
    401,
    'Jwt is missing',
    'jwt_authn_access_denied{Jwt_is_missing}',
    '',
  ],
  [
    'a JWT',
    (x) => dialect.jwtUnsupported(x),
    501,
    'JWT authentication is not available in this version',
    'jwt_authn_not_available',
    '',
  ],
  [
    'no API key',
    (x) => dialect.missingApiKey(x),
    401,
    "UNAUTHENTICATED: Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    'service_control_bad_request{MISSING_API_KEY}',
    'UAEX',
  ],
  ...(
    [
      ['NOT_FOUND', 400, 'INVALID_ARGUMENT: Client project not found. Please pass a valid project.'],
      ['RESOURCE_EXHAUSTED', 429, 'RESOURCE_EXHAUSTED: Quota check failed.'],
      ['PERMISSION_DENIED', 403, 'PERMISSION_DENIED: Permission denied.'],
      [
        'SERVICE_NOT_ACTIVATED',
        403,
        'PERMISSION_DENIED: API echo.example.com is not enabled for the project.',
      ],
      ['API_KEY_INVALID', 400, 'INVALID_ARGUMENT: API key not valid. Please pass a valid API key.'],
      [
        'BILLING_DISABLED',
        403,
        'PERMISSION_DENIED: API echo.example.com has billing disabled. Please enable it.',
      ],
      ['PROJECT_DELETED', 403, 'PERMISSION_DENIED: Project has been deleted.'],
      ['IP_ADDRESS_BLOCKED', 403, 'PERMISSION_DENIED: IP address blocked.'],
      ['REFERER_BLOCKED', 403, 'PERMISSION_DENIED: Referer blocked.'],
      ['CLIENT_APP_BLOCKED', 403, 'PERMISSION_DENIED: Client application blocked.'],
      ['API_KEY_EXPIRED', 400, 'INVALID_ARGUMENT: API key expired. Please renew the API key.'],
      ['API_KEY_NOT_FOUND', 400, 'INVALID_ARGUMENT: API key not found. Please pass a valid API key.'],
      ['PROJECT_INVALID', 400, 'INVALID_ARGUMENT: Client project not valid. Please pass a valid project.'],
      [
        'API_TARGET_BLOCKED',
        403,
        'PERMISSION_DENIED:  The API targeted by this request is invalid for the given API key.',
      ],
      ['INVALID_CREDENTIAL', 403, 'PERMISSION_DENIED: The credential in the request can not be verified.'],
      [
        'CONSUMER_INVALID',
        403,
        'PERMISSION_DENIED: The consumer from the API key does not represent a valid consumer folder or organization.',
      ],
      ...(
        [
          'NAMESPACE_LOOKUP_UNAVAILABLE',
          'SERVICE_STATUS_UNAVAILABLE',
          'BILLING_STATUS_UNAVAILABLE',
          'CLOUD_RESOURCE_MANAGER_BACKEND_UNAVAILABLE',
        ] as const
      ).map(
        (code) =>
          [code, 503, 'UNAVAILABLE: One or more Google Service Control backends are unavailable.'] as const,
      ),
      [
        'ERROR_CODE_UNSPECIFIED',
        500,
        'INTERNAL: Request blocked due to unsupported error code in Google Service Control Check response: 0',
      ],
      [
        '999',
        500,
        'INTERNAL: Request blocked due to unsupported error code in Google Service Control Check response: 999',
      ],
    ] as const
  ).map(([code, status, message]): Row => [
    `check error ${code}`,
    (x) => dialect.checkDenied(denied(code), x),
    status,
    message,
    `service_control_check_error{${code}}`,
    'UAEX',
  ]),
  ...(
    [
      [unavailable(503, 'gone'), 503, `UNAVAILABLE: ${checkFailed} 503 and body: gone`, 'UNAVAILABLE'],
      [unavailable(429, ''), 503, `UNAVAILABLE: ${checkFailed} 429`, 'UNAVAILABLE'],
      [unavailable(500, 'x'), 500, `INTERNAL: ${checkFailed} 500 and body: x`, 'UNKNOWN'],
      [unavailable(403, 'no'), 500, `INTERNAL: ${checkFailed} 403 and body: no`, 'PERMISSION_DENIED'],
      [unavailable(404, ''), 500, `INTERNAL: ${checkFailed} 404`, 'UNIMPLEMENTED'],
      [unavailable(401, ''), 500, `INTERNAL: ${checkFailed} 401`, 'UNAUTHENTICATED'],
      [unavailable(400, ''), 500, `INTERNAL: ${checkFailed} 400`, 'INTERNAL'],
      [
        unavailable(0, 'upstream request timeout', 'timeout'),
        503,
        `UNAVAILABLE: ${checkFailed} 504 and body: upstream request timeout`,
        'UNAVAILABLE',
      ],
      [unavailable(0, 'no', 'refused'), 503, `UNAVAILABLE: ${checkFailed} 503 and body: no`, 'UNAVAILABLE'],
      [
        unavailable(200, 'Invalid response', 'malformed'),
        500,
        'INTERNAL: Invalid response',
        'INVALID_ARGUMENT',
      ],
      [
        unavailable(0, 'Missing access token for service control call', 'token'),
        500,
        'INTERNAL: Missing access token for service control call',
        'INTERNAL',
      ],
    ] as const
  ).map(([outcome, status, message, code]): Row => [
    `check failure ${outcome.reason} ${outcome.httpStatus}`,
    (x) => dialect.checkUnavailable(outcome, x),
    status,
    message,
    `service_control_check_network_failure{${code}}`,
    'UAEX',
  ]),
  ...(
    [
      ['RESOURCE_EXHAUSTED', 429, 'RESOURCE_EXHAUSTED'],
      ['BILLING_NOT_ACTIVE', 403, 'PERMISSION_DENIED'],
      ['PROJECT_DELETED', 400, 'INVALID_ARGUMENT'],
      ['API_KEY_INVALID', 400, 'INVALID_ARGUMENT'],
      ['API_KEY_EXPIRED', 400, 'INVALID_ARGUMENT'],
      ['OTHER', 500, 'INTERNAL'],
    ] as const
  ).map(([code, status, name]): Row => [
    `quota error ${code}`,
    (x) => dialect.quotaDenied({ kind: 'denied', code, description: '' }, x),
    status,
    `${name}: `,
    `service_control_quota_error{${code}}`,
    'UAEX',
  ]),
  ...(
    [
      ['remote_connection_failure', 503, 'remote connection failure', 'UF'],
      ['local_connection_failure', 503, 'local connection failure', 'UF'],
      ['connection_timeout', 503, 'connection timeout', 'UF'],
      ['connection_termination', 503, 'connection termination', 'UC'],
      ['remote_reset', 503, 'remote reset', 'UR'],
      ['remote_refused_stream_reset', 503, 'remote refused stream reset', 'UR'],
      ['local_reset', 503, 'local reset', 'LR'],
      ['overflow', 503, 'overflow', 'UO'],
      ['protocol_error', 502, 'protocol error', 'UPE'],
    ] as const
  ).map(([reason, status, words, flag]): Row => [
    `upstream ${reason}`,
    (x) =>
      dialect.upstreamFailure(
        { reason, transport: undefined, requestSent: false, responseStarted: false },
        x,
        false,
      ),
    status,
    `${failed}reset reason: ${words}`,
    `upstream_reset_before_response_started{${reason}}`,
    flag,
  ]),
  [
    'upstream refused, after a retry',
    (x) =>
      dialect.upstreamFailure(
        {
          reason: 'remote_connection_failure',
          transport: 'delayed connect error: 111',
          requestSent: false,
          responseStarted: false,
        },
        x,
        true,
      ),
    503,
    `${failed}retried and the latest reset reason: remote connection failure, transport failure reason: delayed connect error: 111`,
    'upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111}',
    'UF',
  ],
  [
    'no host',
    (x) =>
      dialect.upstreamFailure(
        {
          reason: 'no_healthy_upstream',
          transport: undefined,
          requestSent: false,
          responseStarted: false,
        },
        x,
        false,
      ),
    503,
    'no healthy upstream',
    'no_healthy_upstream',
    'UH',
  ],
  [
    'deadline',
    (x) => dialect.upstreamTimeout('response', x),
    504,
    'upstream request timeout',
    'response_timeout',
    'UT',
  ],
  [
    'time for one try',
    (x) => dialect.upstreamTimeout('per_try', x),
    504,
    'upstream request timeout',
    'upstream_per_try_timeout',
    'UT',
  ],
  [
    'idle, request incomplete',
    (x) => dialect.upstreamTimeout('idle', x),
    408,
    'stream timeout',
    'stream_idle_timeout',
    'SI',
  ],
  [
    'idle, request complete',
    (x) => {
      x.requestEndedMs = 1;
      return dialect.upstreamTimeout('idle', x);
    },
    504,
    'stream timeout',
    'stream_idle_timeout',
    'SI',
  ],
  [
    'escaped slashes',
    (x) =>
      dialect.pathRejected(
        { httpStatus: 307, responseCodeDetails: 'path_normalization_failed', location: '/a/b' },
        x,
      ),
    307,
    '',
    'path_normalization_failed',
    '',
  ],
  [
    'codec: bad request',
    () => dialect.codecRejection({ status: 400, details: 'http1.codec_error' }),
    400,
    'Bad Request',
    'http1.codec_error',
    'DPE',
  ],
  [
    'codec: head too large',
    () => dialect.codecRejection({ status: 431, details: 'http1.headers_too_large' }),
    431,
    'Request Header Fields Too Large',
    'http1.headers_too_large',
    'DPE',
  ],
  [
    'codec: old version',
    () => dialect.codecRejection({ status: 426, details: 'low_version' }),
    426,
    'Upgrade Required',
    'low_version',
    '',
  ],
  [
    'codec: no host',
    () => dialect.codecRejection({ status: 400, details: 'missing_host_header' }),
    400,
    '',
    'missing_host_header',
    '',
  ],
];

describe('createEspV2Dialect', () => {
  for (const [name, create, status, message, details, flags] of rows)
    it(`answers ${name}`, () => {
      const reply = create(anyExchange()) as LocalReply;
      const { contentType, body } = dialect.renderError(reply);
      assert.equal(reply.httpStatus, status);
      assert.equal(contentType, 'application/json');
      assert.equal(body, `{"code":${status},"message":${JSON.stringify(message)}}\n`);
      assert.equal(reply.responseCodeDetails, details);
      assert.equal(reply.responseFlags, flags);
      if (status === 400) assert.equal(reply.closeConnection, true);
    });

  it('is 73 bytes for an unknown path', () => {
    assert.equal(dialect.renderError(dialect.notFound(anyExchange())).body.length, 73);
  });

  it('takes a quota error UNSPECIFIED for none', () => {
    assert.equal(
      dialect.quotaDenied({ kind: 'denied', code: 'UNSPECIFIED', description: '' }, anyExchange()),
      undefined,
    );
  });

  it('escapes what could be markup', () => {
    const reply = { ...dialect.notFound(anyExchange()), message: '<a href="x">\n\u2028' };
    assert.equal(
      dialect.renderError(reply).body,
      '{"code":404,"message":"\\u003ca href=\\"x\\"\\u003e\\n\\u2028"}\n',
    );
  });

  it('challenges with the target of the request, cut to 256 bytes', () => {
    const exchange = anyExchange();
    assert.deepEqual(dialect.jwtMissing(exchange).headers, [
      'www-authenticate',
      'Bearer realm="http://api.example.com/echo?a=1"',
    ]);
    exchange.query = 'x'.repeat(300);
    assert.equal(
      dialect.jwtUnsupported(exchange).headers[1],
      `Bearer realm="http://api.example.com/echo?${'x'.repeat(250)}", error="invalid_token"`,
    );
  });

  for (const [httpStatus, grpcStatus] of [
    [400, 13],
    [401, 16],
    [403, 7],
    [404, 12],
    [405, 2],
    [429, 14],
    [500, 2],
    [502, 14],
    [503, 14],
    [504, 14],
  ] as const)
    it(`gives gRPC callers ${grpcStatus} for ${httpStatus}`, () => {
      const reply = { ...dialect.notFound(anyExchange()), httpStatus, message: 'a%b~é' };
      assert.deepEqual(dialect.renderGrpcError(reply), {
        status: grpcStatus,
        message: `{"code":${httpStatus},"message":"a%25b%7E%C3%A9"}`,
      });
    });

  for (const [contentType, isGrpc] of [
    ['application/grpc', true],
    ['application/grpc+proto', true],
    ['application/grpc; charset=utf-8', false],
    ['application/grpc-web', false],
    ['application/json', false],
  ] as const)
    it(`takes ${contentType} for ${isGrpc ? '' : 'no '}gRPC`, () => {
      assert.equal(dialect.isGrpcCaller(contentType), isGrpc);
    });

  it('answers a gRPC caller 400 in place of a redirect', () => {
    const exchange = anyExchange();
    exchange.isGrpcCaller = true;
    const reply = dialect.pathRejected(
      { httpStatus: 307, responseCodeDetails: 'path_normalization_failed', location: '/a/b' },
      exchange,
    );
    assert.equal(reply.httpStatus, 400);
    assert.deepEqual(reply.headers, []);
  });

  it('names the consumer to the backend under the configured prefix', () => {
    const custom = createEspV2Dialect({ headerPrefix: 'X-Apigateway-' });
    const exchange = anyExchange();
    assert.deepEqual(custom.consumerHeaders(exchange), []);
    exchange.consumer = denied('').consumer;
    assert.deepEqual(custom.consumerHeaders(exchange), [
      'x-apigateway-api-consumer-type',
      'PROJECT',
      'x-apigateway-api-consumer-number',
      '123456',
    ]);
    exchange.consumer = { ...denied('').consumer, type: '' };
    assert.deepEqual(dialect.consumerHeaders(exchange), ['x-endpoint-api-consumer-number', '123456']);
  });
});
