import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import { toHttpCall } from './http-call.ts';

const { getService, getServiceConfig, submitConfigSource, createServiceRollout } = ServiceManager.method;

describe('toHttpCall', () => {
  for (const [fact, call, expected] of [
    [
      'a path variable from a field',
      toHttpCall(getService, { serviceName: 'a.example' }),
      { verb: 'GET', path: '/v1/services/a.example', body: undefined },
    ],
    [
      'the rest as query',
      toHttpCall(getServiceConfig, { serviceName: 's', configId: 'c', view: 'FULL' }),
      { verb: 'GET', path: '/v1/services/s/configs/c?view=FULL', body: undefined },
    ],
    [
      'the additional binding when the first lacks a variable',
      toHttpCall(getServiceConfig, { serviceName: 's' }),
      { verb: 'GET', path: '/v1/services/s/config', body: undefined },
    ],
    [
      'everything else as body',
      toHttpCall(submitConfigSource, { serviceName: 's', validateOnly: true }),
      { verb: 'POST', path: '/v1/services/s/configs:submit', body: { validateOnly: true } },
    ],
    [
      'one field as body',
      toHttpCall(createServiceRollout, { serviceName: 's', rollout: { rolloutId: 'r' } }),
      { verb: 'POST', path: '/v1/services/s/rollouts', body: { rolloutId: 'r' } },
    ],
    [
      'a variable of several segments, body and query together',
      toHttpCall(ApiKeys.method.createKey, { parent: 'projects/p/locations/global', keyId: 'k', key: {} }),
      { verb: 'POST', path: '/v2/projects/p/locations/global/keys?keyId=k', body: {} },
    ],
    [
      'a variable inside the body',
      toHttpCall(ApiKeys.method.updateKey, {
        key: { name: 'projects/p/locations/global/keys/k', displayName: 'n' },
        updateMask: 'displayName',
      }),
      {
        verb: 'PATCH',
        path: '/v2/projects/p/locations/global/keys/k?updateMask=displayName',
        body: { name: 'projects/p/locations/global/keys/k', displayName: 'n' },
      },
    ],
    [
      'repeated query fields',
      toHttpCall(IAM.method.listServiceAccountKeys, {
        name: 'projects/-/serviceAccounts/e@x',
        keyTypes: ['USER_MANAGED', 'SYSTEM_MANAGED'],
      }),
      {
        verb: 'GET',
        path: '/v1/projects/-/serviceAccounts/e%40x/keys?keyTypes=USER_MANAGED&keyTypes=SYSTEM_MANAGED',
        body: undefined,
      },
    ],
  ] as const)
    it(`sends ${fact}`, () => assert.deepEqual(call, expected));

  it('keeps a slash inside one segment from becoming another', () => {
    assert.equal(toHttpCall(getService, { serviceName: '../x?y' }).path, '/v1/services/..%2Fx%3Fy');
  });

  it('refuses a request without what the path needs', () => {
    assert.throws(() => toHttpCall(getService, {}), TypeError);
  });
});
