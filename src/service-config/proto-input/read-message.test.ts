import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { fromJson, toJson } from '@bufbuild/protobuf';
import type { DescMessage, JsonValue, MessageShape } from '@bufbuild/protobuf';

import { QuotaLimitSchema, QuotaSchema } from '../../gen/google/api/quota_pb.ts';
import { JwtLocationSchema } from '../../gen/google/api/auth_pb.ts';
import { BackendRuleSchema } from '../../gen/google/api/backend_pb.ts';
import { MetricDescriptorSchema } from '../../gen/google/api/metric_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { Origins } from '../model/origins.ts';
import { defaultSourceLimits } from '../source/limits.ts';
import { parseYaml } from '../source/parse-yaml.ts';
import { SourceText } from '../source/source-text.ts';
import { serviceRegistry } from '../to-json.ts';
import { readMessage } from './read-message.ts';

function read<Desc extends DescMessage>(schema: Desc, text: string) {
  const problems: string[] = [];
  const origins = new Origins();
  const source = new SourceText('f.yaml', text);
  const message: MessageShape<Desc> = readMessage(schema, parseYaml(source, defaultSourceLimits), {
    origins,
    location: 'here',
    registry: serviceRegistry,
    problem: (problem, place) => problems.push(`${place.offset}: ${problem}`),
  });
  return { message, problems, origins };
}

describe('readMessage', () => {
  test('reads what protobuf-es reads from the same JSON', () => {
    const json: JsonValue = {
      name: 's',
      configVersion: 3,
      apis: [
        {
          name: 'a',
          methods: [{ name: 'm', requestStreaming: true, syntax: 'SYNTAX_PROTO3' }],
          options: [
            {
              name: 'deprecated',
              value: { '@type': 'type.googleapis.com/google.protobuf.BoolValue', value: true },
            },
          ],
        },
      ],
      types: [{ name: 'T', fields: [{ kind: 'TYPE_INT64', number: 1, name: 'f' }] }],
      http: {
        rules: [
          { selector: 'a.m', custom: { kind: 'HEAD', path: '/x' }, additionalBindings: [{ get: '/y' }] },
        ],
      },
      backend: {
        rules: [
          {
            selector: 'a.m',
            deadline: 1.5,
            disableAuth: true,
            overridesByRequestProtocol: { http: { address: 'x' } },
          },
        ],
      },
      quota: { limits: [{ name: 'l', values: { STANDARD: '9223372036854775807' } }] },
    };
    const { message, problems } = read(ServiceSchema, JSON.stringify(json));
    assert.deepEqual(problems, []);
    const options = { registry: serviceRegistry };
    assert.deepEqual(
      toJson(ServiceSchema, message, options),
      toJson(ServiceSchema, fromJson(ServiceSchema, json, options), options),
    );
  });

  test('takes field names in snake_case', () => {
    const { message } = read(BackendRuleSchema, 'path_translation: CONSTANT_ADDRESS\njwt_audience: a\n');
    assert.deepEqual(toJson(BackendRuleSchema, message), {
      pathTranslation: 'CONSTANT_ADDRESS',
      jwtAudience: 'a',
    });
  });

  test('takes numbers for 64-bit integers and strings for doubles', () => {
    assert.equal(read(QuotaLimitSchema, 'values: {STANDARD: 5}\n').message.values['STANDARD'], 5n);
    assert.equal(read(BackendRuleSchema, 'deadline: "7.5"\n').message.deadline, 7.5);
  });

  test('takes null for absent', () => {
    const { message, problems } = read(QuotaLimitSchema, 'name:\nunit: x\n');
    assert.deepEqual([message.name, message.unit, problems], ['', 'x', []]);
  });

  test('remembers where nested messages come from', () => {
    const { message, origins } = read(QuotaSchema, 'limits:\n  - {name: a}\n');
    assert.equal(origins.of(message.limits[0])?.place.offset, 12);
    assert.equal(origins.of(message.limits[0])?.location, 'here');
  });

  const refused: ReadonlyArray<readonly [schema: DescMessage, text: string, problem: string]> = [
    [QuotaSchema, 'limit: []\n', '0: Cannot find field: limit in message google.api.Quota'],
    [QuotaSchema, 'limits: {}\n', '8: Expected an array for limits but found {}'],
    [QuotaSchema, 'limits: [3]\n', '9: Expect message object but got: 3'],
    [QuotaLimitSchema, 'values: []\n', '8: Expect a map object but found: []'],
    [QuotaLimitSchema, 'values: {STANDARD: 1.5}\n', '19: Not an int64 value: 1.5'],
    [
      QuotaLimitSchema,
      'values: {STANDARD: 9223372036854775808}\n',
      '19: Not an int64 value: "9223372036854775808"',
    ],
    [QuotaLimitSchema, 'values: {__proto__: 1}\n', '20: A map key must not be __proto__'],
    [QuotaLimitSchema, 'name: 5\n', '6: Not a string value: 5'],
    [
      QuotaLimitSchema,
      'default_limit: 1\ndefaultLimit: 2\n',
      '17: Field default_limit has already been set.',
    ],
    [
      MetricDescriptorSchema,
      'valueType: INT65\n',
      '11: Invalid enum value: "INT65" for enum type: google.api.MetricDescriptor.ValueType',
    ],
    [BackendRuleSchema, 'disable_auth: "true"\n', '14: Not a bool value: "true"'],
    [
      BackendRuleSchema,
      'disable_auth: false\njwt_audience: x\n',
      '20: Cannot set field google.api.BackendRule.jwt_audience because another field google.api.BackendRule.disable_auth belonging to the same oneof has already been set',
    ],
    [JwtLocationSchema, '[]\n', '0: Expect message object but got: []'],
    [QuotaSchema, '__proto__: 1\n', '0: Cannot find field: __proto__ in message google.api.Quota'],
  ];
  for (const [schema, text, problem] of refused) {
    test(`refuses ${JSON.stringify(text)} for ${schema.name}`, () => {
      assert.deepEqual(read(schema, text).problems, [problem]);
    });
  }
});
