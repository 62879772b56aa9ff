import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DescMethodUnary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { RpcCode } from '../../core/status.ts';
import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { ServiceController } from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { bindRequest } from './bind-request.ts';
import { httpBindings } from './http-rule.ts';
import { RpcError } from './rpc-error.ts';
import { createTypeRegistry } from './type-registry.ts';

const registry = createTypeRegistry([ServiceManager, ServiceController, ApiKeys]);
const methods: readonly DescMethodUnary[] = [
  ServiceController.method.check,
  ServiceManager.method.createServiceConfig,
  ServiceManager.method.listServices,
  ApiKeys.method.updateKey,
];
const names = [
  'pageSize',
  'page_token',
  'update_mask',
  'key.name',
  'operation',
  'service_config.id',
  'a.b',
  '',
];

/** JSON that looks like the real thing, so that the walk gets past the first name. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    fc.dictionary(
      fc.constantFrom(
        'operation',
        'labels',
        'startTime',
        'metricValueSets',
        'name',
        'backend',
        'rules',
        '@type',
      ),
      tie('value'),
      { maxKeys: 4 },
    ),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  json.map((value) => Buffer.from(JSON.stringify(value))),
);

describe('bindRequest', () => {
  test('makes a message or refuses as INVALID_ARGUMENT, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...methods),
        fc.constantFrom('json' as const, 'proto' as const),
        body,
        fc.array(fc.tuple(fc.constantFrom(...names), fc.string()), { maxLength: 3 }),
        fc.string().map((text) => text.replaceAll('/', '')),
        (method, bodyFormat, bytes, query, capture) => {
          const [binding] = httpBindings(method);
          assert.ok(binding);
          const captures = binding.template.variables.flatMap(({ fieldPath }) => [fieldPath, capture]);
          try {
            const message = bindRequest(
              method.input,
              { binding, captures, query, body: bytes, bodyFormat },
              registry,
            );
            assert.equal(message.$typeName, method.input.typeName);
          } catch (error) {
            assert.ok(error instanceof RpcError, String(error));
            assert.equal(error.code, RpcCode.INVALID_ARGUMENT);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
