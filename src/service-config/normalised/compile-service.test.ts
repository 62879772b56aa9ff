import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { create, toJson } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';

import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { compileService } from './compile-service.ts';

function config(more: MessageInitShape<typeof ServiceSchema> = {}) {
  const base: MessageInitShape<typeof ServiceSchema> = {
    name: 'given.example.com',
    configVersion: 3,
    control: { environment: 'servicecontrol.googleapis.com' },
    apis: [{ name: 'given.v1.Given', methods: [{ name: 'Ping' }, { name: 'Pong' }] }],
  };
  return create(ServiceSchema, { ...base, ...more } as MessageInitShape<typeof ServiceSchema>);
}

describe('compileService', () => {
  test('gives wildcards a rule for each method and leaves the message it was given alone', () => {
    const given = config({ usage: { rules: [{ selector: '*', allowUnregisteredCalls: true }] } });
    const before = toJson(ServiceSchema, given);
    const { service, diagnostics } = compileService(given, { producerProjectId: 'producer' });
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(
      service?.usage?.rules.map(({ selector, allowUnregisteredCalls }) => [selector, allowUnregisteredCalls]),
      [
        ['given.v1.Given.Ping', true],
        ['given.v1.Given.Pong', true],
      ],
    );
    assert.equal(service?.producerProjectId, 'producer');
    assert.deepEqual(toJson(ServiceSchema, given), before);
  });

  test('takes the name that the caller expects when the config has none', () => {
    const options = { producerProjectId: '', serviceName: 'other.example.com' };
    assert.equal(compileService(config({ name: '' }), options).service?.name, 'other.example.com');
  });

  for (const [name, more, rule] of [
    ['another name than the caller expects', { name: 'third.example.com' }, 'service-name-differs'],
    ['an API twice', { apis: [{ name: 'a' }, { name: 'a' }] }, 'duplicate-definition'],
    ['a rule for no method', { usage: { rules: [{ selector: 'given.v1.Given.Pang' }] } }, 'unknown-selector'],
    [
      'a template that no proxy takes',
      { http: { rules: [{ selector: 'given.v1.Given.Ping', pattern: { case: 'get', value: 'ping' } }] } },
      'path-template',
    ],
    [
      'a requirement of an unknown provider',
      {
        authentication: {
          rules: [{ selector: 'given.v1.Given.Ping', requirements: [{ providerId: 'nobody' }] }],
        },
      },
      'auth-provider-exists',
    ],
  ] as const) {
    test(`refuses ${name}`, () => {
      const options = { producerProjectId: '', serviceName: 'given.example.com' };
      const { service, diagnostics } = compileService(
        config(more as MessageInitShape<typeof ServiceSchema>),
        options,
      );
      assert.equal(service, undefined);
      assert.deepEqual(
        diagnostics.map((found) => found.rule),
        [rule],
      );
    });
  }
});
