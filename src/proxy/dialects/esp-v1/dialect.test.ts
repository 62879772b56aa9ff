import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ControllerUnavailable } from '../../../service-control/service-controller.ts';
import type { Exchange } from '../../exchange.ts';
import type { LocalReply } from '../../local-reply.ts';
import { testMethod } from '../../pipeline/testing/test-config.ts';
import { anyExchange, denied } from '../testing-exchange.ts';
import { createEspV1Dialect } from './dialect.ts';

const dialect = createEspV1Dialect();

/** Name, reply, HTTP status, canonical code, message, cause. */
type Row = readonly [
  name: string,
  reply: (exchange: Exchange) => LocalReply | undefined,
  status: number,
  code: number,
  message: string,
  cause: string,
];

const unavailable = (
  httpStatus: number,
  message: string,
  reason: NonNullable<ControllerUnavailable['reason']> = 'status',
): ControllerUnavailable => ({ kind: 'unavailable', httpStatus, message, reason });

const refused = {
  reason: 'remote_connection_failure',
  transport: 'delayed connect error: 111',
  requestSent: false,
  responseStarted: false,
} as const;

const rows: readonly Row[] = [
  ['unknown path', (x) => dialect.notFound(x), 404, 5, 'Method does not exist.', 'service_control'],
  [
    'known path, other verb',
    (x) => dialect.methodNotAllowed(x, { kind: 'methodNotAllowed', template: '/a', allowedMethods: ['GET'] }),
    404,
    5,
    'Method does not exist.',
    'service_control',
  ],
  [
    'OPTIONS without CORS',
    (x) => {
      x.method = 'OPTIONS';
      return dialect.notFound(x);
    },
    403,
    7,
    'The service does not allow CORS traffic.',
    'service_control',
  ],
  [
    'no JWT',
    (x) => dialect.jwtMissing(x),
    401,
    16,
    'JWT validation failed: Missing or invalid credentials',
    'auth',
  ],
  [
    'a JWT',
    (x) => dialect.jwtUnsupported(x),
    501,
    12,
    'JWT authentication is not available in this version',
    'auth',
  ],
  [
    'no API key',
    (x) => dialect.missingApiKey(x),
    401,
    16,
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    'service_control',
  ],
  ...(
    [
      ['NOT_FOUND', 400, 3, 'Consumer project not found. Please pass a valid project.'],
      ['API_KEY_NOT_FOUND', 400, 3, 'API key not found. Please pass a valid API key.'],
      ['API_KEY_EXPIRED', 400, 3, 'API key expired. Please renew the API key.'],
      ['API_KEY_INVALID', 400, 3, 'API key not valid. Please pass a valid API key.'],
      ['SERVICE_NOT_ACTIVATED', 403, 7, 'API echo.example.com is not enabled for the consumer project.'],
      ['RESOURCE_EXHAUSTED', 403, 7, 'Quota check failed.'],
      ['PERMISSION_DENIED', 403, 7, "Consumer project doesn't have access to the API echo.example.com"],
      ['IP_ADDRESS_BLOCKED', 403, 7, 'IP address is blocked by the API key with restrictions.'],
      ['REFERER_BLOCKED', 403, 7, 'Referer address is blocked by the API key with restrictions.'],
      ['CLIENT_APP_BLOCKED', 403, 7, 'Client application is blocked by the API key with restrictions.'],
      ['API_TARGET_BLOCKED', 403, 7, 'API echo.example.com is invalid for the consumer project.'],
      ['PROJECT_DELETED', 403, 7, 'Project has been deleted.'],
      ['PROJECT_INVALID', 400, 3, 'Consumer project not valid. Please pass a valid project.'],
      ['BILLING_DISABLED', 403, 7, 'API echo.example.com has billing disabled. Please enable it.'],
      ['INVALID_CREDENTIAL', 403, 7, 'The credential in the request can not be verified'],
      [
        'CONSUMER_INVALID',
        403,
        7,
        'The consumer from the API key does not represent a valid consumer folder or organization',
      ],
      ['ERROR_CODE_UNSPECIFIED', 500, 13, 'Request blocked due to unsupported error code: 0'],
    ] as const
  ).map(([code, status, rpcCode, message]): Row => [
    `check error ${code}`,
    (x) => dialect.checkDenied(denied(code), x),
    status,
    rpcCode,
    message,
    'service_control',
  ]),
  ...(
    [
      [unavailable(0, 'Failed to connect to service control', 'refused'), 503, 14],
      [unavailable(0, 'Failed to connect to service control', 'timeout'), 503, 14],
      [unavailable(403, 'no'), 500, 13],
      [unavailable(429, 'no'), 500, 13],
      [unavailable(500, 'no'), 500, 13],
      [unavailable(501, 'no'), 501, 12],
      [unavailable(502, 'no'), 500, 13],
      [unavailable(503, 'no'), 503, 14],
      [unavailable(504, 'no'), 504, 4],
      [unavailable(200, 'Invalid response', 'malformed'), 500, 13],
    ] as const
  ).map(([outcome, status, rpcCode]): Row => [
    `check failure ${outcome.reason} ${outcome.httpStatus}`,
    (x) => dialect.checkUnavailable(outcome, x),
    status,
    rpcCode,
    outcome.message,
    'service_control',
  ]),
  [
    'no access token',
    (x) => dialect.checkUnavailable(unavailable(0, 'Failed to fetch service account token', 'token'), x),
    500,
    13,
    'Failed to fetch service account token',
    'internal',
  ],
  ...(
    [
      ['RESOURCE_EXHAUSTED', 429, 8],
      ['BILLING_NOT_ACTIVE', 403, 7],
      ['PROJECT_DELETED', 400, 3],
      ['API_KEY_INVALID', 400, 3],
      ['API_KEY_EXPIRED', 400, 3],
      ['UNSPECIFIED', 500, 13],
    ] as const
  ).map(([code, status, rpcCode]): Row => [
    `quota error ${code}`,
    (x) => dialect.quotaDenied({ kind: 'denied', code, description: 'too much' }, x),
    status,
    rpcCode,
    'too much',
    'internal',
  ]),
  ['backend down', (x) => dialect.upstreamFailure(refused, x, false), 502, 13, 'BAD_GATEWAY', 'application'],
  [
    'gRPC backend down',
    (x) => {
      const method = testMethod();
      x.route = { ...method, backend: { ...method.backend, protocol: 'grpc' } };
      return dialect.upstreamFailure(refused, x, false);
    },
    503,
    14,
    'upstream backend unavailable',
    'internal',
  ],
  ['deadline', (x) => dialect.upstreamTimeout('response', x), 504, 4, 'GATEWAY_TIMEOUT', 'application'],
  [
    'body too large',
    () => dialect.codecRejection({ status: 413, details: 'request_payload_too_large' }),
    413,
    9,
    'PAYLOAD_TOO_LARGE',
    'application',
  ],
  [
    'bad request',
    () => dialect.codecRejection({ status: 400, details: 'http1.codec_error' }),
    400,
    3,
    'BAD_REQUEST',
    'application',
  ],
];

describe('createEspV1Dialect', () => {
  for (const [name, create, status, code, message, cause] of rows)
    it(`answers ${name}`, () => {
      const reply = create(anyExchange()) as LocalReply;
      const { contentType, body } = dialect.renderError(reply);
      assert.equal(reply.httpStatus, status);
      assert.equal(contentType, 'application/json');
      assert.equal(
        body,
        `{\n "code": ${code},\n "message": ${JSON.stringify(message)},\n "details": [\n  {\n` +
          '   "@type": "type.googleapis.com/google.rpc.DebugInfo",\n   "stackEntries": [],\n' +
          `   "detail": "${cause}"\n  }\n ]\n}\n`,
      );
      assert.deepEqual(dialect.renderGrpcError(reply), { status: code, message });
    });

  it('answers health with an empty body', () => {
    const reply = dialect.healthy(anyExchange());
    assert.deepEqual([reply.httpStatus, reply.body], [200, '']);
  });

  it('challenges where the cause is authentication alone', () => {
    assert.deepEqual(dialect.jwtMissing(anyExchange()).headers, ['www-authenticate', 'Bearer']);
    assert.deepEqual(dialect.jwtUnsupported(anyExchange()).headers, [
      'www-authenticate',
      'Bearer, error="invalid_token"',
    ]);
    assert.deepEqual(dialect.missingApiKey(anyExchange()).headers, []);
  });

  for (const [contentType, isGrpc] of [
    ['application/grpc', true],
    ['application/grpc+proto', true],
    ['application/grpc+json', false],
    ['application/grpc-web', false],
  ] as const)
    it(`takes ${contentType} for ${isGrpc ? '' : 'no '}gRPC`, () => {
      assert.equal(dialect.isGrpcCaller(contentType), isGrpc);
    });

  it('tells the backend the project of the consumer', () => {
    const exchange = anyExchange();
    exchange.consumer = denied('').consumer;
    assert.deepEqual(dialect.consumerHeaders(exchange), ['x-endpoint-api-project-id', '123456']);
  });

  it('sets the forwarding headers of the nginx template', () => {
    const exchange = anyExchange();
    exchange.clientAddress = '1.2.3.4';
    exchange.headers.push('x-forwarded-for', '1.2.3.4, 5.6.7.8', 'x-real-ip', 'forged');
    dialect.setForwardingHeaders(exchange);
    assert.deepEqual(exchange.headers, [
      'x-forwarded-for',
      '1.2.3.4, 5.6.7.8, 1.2.3.4',
      'x-real-ip',
      '1.2.3.4',
      'x-forwarded-host',
      'api.example.com',
      'x-forwarded-proto',
      'http',
      'x-google-real-ip',
      '1.2.3.4',
    ]);
  });
});
