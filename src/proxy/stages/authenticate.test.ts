import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { describe, it } from 'node:test';
import { AuthenticationSchema } from '../../gen/google/api/auth_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { createEspV2Dialect } from '../dialects/esp-v2/dialect.ts';
import { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';
import { FakeServerStream } from '../pipeline/testing/fake-server-stream.ts';
import { testMethod, testSnapshot } from '../pipeline/testing/test-config.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { createAuthenticate } from './authenticate.ts';

const required = { allowWithoutCredential: false, requirements: [{ providerId: 'p', audiences: [] }] };
const optional = { ...required, allowWithoutCredential: true };
const service = create(ServiceSchema, {
  authentication: create(AuthenticationSchema, {
    providers: [
      {
        id: 'p',
        jwtLocations: [
          { in: { case: 'header', value: 'X-Own-Jwt' } },
          { in: { case: 'query', value: 'jwt' } },
        ],
      },
    ],
  }),
});

function authenticate(
  authentication: typeof required | undefined,
  request: { headers?: string[]; target?: string },
): LocalReply | undefined {
  const method = testMethod({ authentication });
  const exchange = new Exchange(new FakeServerStream(request), testSnapshot(method, { service }), 0, 0);
  exchange.route = method;
  return createAuthenticate({ dialect: createEspV2Dialect() }).run(exchange) as LocalReply | undefined;
}

const withToken = [
  { headers: ['authorization', 'Bearer abc'] },
  { headers: ['authorization', 'Basic abc'] },
  { headers: ['x-goog-iap-jwt-assertion', 'abc'] },
  { target: '/?access_token=abc' },
  { headers: ['x-own-jwt', 'abc'] },
  { target: '/?jwt=abc' },
];

describe('createAuthenticate', () => {
  it('refuses a request without a token where one is required', () => {
    const reply = authenticate(required, {});
    assert.equal(reply?.httpStatus, 401);
    assert.equal(reply.message, 'Jwt is missing');
  });

  it('lets a request without a token pass where the config allows it', () => {
    assert.equal(authenticate(optional, {}), undefined);
  });

  it('looks at no token where none is required', () => {
    assert.equal(authenticate(undefined, { headers: ['authorization', 'Bearer abc'] }), undefined);
  });

  for (const [name, requirement] of [
    ['required', required],
    ['optional', optional],
  ] as const)
    for (const request of withToken)
      it(`refuses a token that it cannot verify: ${name}, ${JSON.stringify(request)}`, () => {
        assert.equal(authenticate(requirement, request)?.httpStatus, 501);
      });

  it('wins over a missing API key and is reported without a Check', () => {
    const { send, controller, cluster } = createTestGateway({
      method: { allowUnregisteredCalls: false, authentication: required },
    });
    assert.equal(send().head?.status, 401);
    assert.equal(send({ target: '/echo?key=k' }).body, '{"code":401,"message":"Jwt is missing"}\n');
    assert.equal(controller.checks.length, 0);
    assert.equal(cluster.requests.length, 0);
    assert.equal(controller.reports[1]?.responseCodeDetails, 'jwt_authn_access_denied{Jwt_is_missing}');
    assert.equal(controller.reports[1]?.apiKey, 'k');
  });
});
