import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { echo, failure, leastConfig, nobody, open, rollout, submission } from './testing/bench.ts';

describe('createServiceManager', () => {
  for (const [method, permission, request] of [
    ['getService', 'get', {}],
    ['listServiceConfigs', 'get', {}],
    ['getServiceConfig', 'get', {}],
    ['listServiceRollouts', 'get', {}],
    ['getServiceRollout', 'get', { rolloutId: '2026-01-31r0' }],
    ['createServiceConfig', 'update', { serviceConfig: leastConfig }],
    ['submitConfigSource', 'update', submission()],
    ['createServiceRollout', 'update', rollout({ '2026-01-31r0': 100 })],
    ['deleteService', 'delete', {}],
  ] as const)
    it(`asks for servicemanagement.services.${permission} in ${method}`, async (context) => {
      const bench = await open(context);
      await bench.create();
      await bench.deploy();
      const message = { ...request, serviceName: echo };
      await assert.rejects(
        bench.call(method, message, nobody),
        failure(
          'PERMISSION_DENIED',
          /^Service 'echo\.endpoints\.p1\.cloud\.goog' not found or permission denied\.$/,
        ),
      );
      bench.grants.add(`${echo} servicemanagement.services.${permission}`);
      await bench.call(method, message, nobody);
    });
});
