import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { fromJson } from '@bufbuild/protobuf';
import type { JsonObject } from '@bufbuild/protobuf';

import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { createContext } from '../context.ts';
import { DiagnosticCollector } from '../diagnostics/collector.ts';
import { checkService, serviceRules } from './check-service.ts';

// Rules that OpenAPI documents can break have golden pairs; these are the ones that only a normalised config can.

const valid: JsonObject = {
  name: 'api.example.com',
  configVersion: 3,
  control: { environment: 'servicecontrol.googleapis.com' },
  apis: [{ name: 'v1.Books', methods: [{ name: 'Get' }, { name: 'List' }] }],
};

/** Findings on a config, as `kind rule: message`. */
function check(json: JsonObject): string[] {
  const diagnostics = new DiagnosticCollector();
  const context = createContext({ producerProjectId: '' }, diagnostics);
  checkService(fromJson(ServiceSchema, json), context);
  return diagnostics.list().map(({ kind, rule, message }) => `${kind} ${rule}: ${message}`);
}

describe('checkService', () => {
  test('finds nothing wrong with a valid config', () => assert.deepEqual(check(valid), []));

  test('has a name of its own for every rule', () => {
    assert.equal(new Set(serviceRules.map(({ name }) => name)).size, serviceRules.length);
  });

  const broken: ReadonlyArray<readonly [name: string, json: JsonObject, findings: readonly string[]]> = [
    [
      'a config without a version',
      { configVersion: 0 },
      ['error config-version: config_version is not specified in the service config file.'],
    ],
    [
      'a config without a control environment',
      { control: {} },
      ['warning control-environment: Service api.example.com does not have control environment configured.'],
    ],
    [
      "a control environment of one's own",
      { control: { environment: 'control.example.com' } },
      [
        "warning control-environment: Control environment 'control.example.com' is not one of the supported environments: [endpoints-servicecontrol.sandbox.googleapis.com, servicecontrol.googleapis.com]",
      ],
    ],
    [
      'a usage requirement nobody knows',
      { usage: { requirements: ['serviceusage.googleapis.com/tos/universal', 'example.com/oath'] } },
      ['warning usage-requirement: Unsupported usage requirement: example.com/oath'],
    ],
    [
      'rules for methods that do not exist',
      {
        usage: { rules: [{ selector: 'v1.Books.Gte' }, { selector: 'v1.Books.*' }, { selector: '*' }] },
        authentication: { rules: [{ selector: 'v2.*' }] },
      },
      [
        "warning unknown-selector: The selector 'v1.Books.Gte' of usage.rules does not match any method.",
        "warning unknown-selector: The selector 'v2.*' of authentication.rules does not match any method.",
      ],
    ],
    [
      'a requirement of an unknown provider',
      { authentication: { rules: [{ selector: '*', requirements: [{ providerId: 'nobody' }] }] } },
      ["error auth-provider-exists: Cannot find auth provider with id 'nobody'"],
    ],
    [
      'two providers of one id',
      {
        authentication: {
          providers: [
            { id: 'a', issuer: 'x' },
            { id: 'a', issuer: 'y' },
          ],
        },
      },
      ["error auth-provider-unique: There are several auth providers with id 'a'."],
    ],
    [
      'a cost of a metric that does not exist',
      { quota: { metricRules: [{ selector: '*', metricCosts: { reads: '1' } }] } },
      ["error quota-metrics-exist: Metric 'reads' referenced by metric rule '*' does not exist."],
    ],
    [
      'a broken template in an additional binding',
      { http: { rules: [{ selector: 'v1.Books.Get', get: '/a', additionalBindings: [{ get: 'b' }] }] } },
      ["error path-template: http: In path template 'b': effective path must start with leading '/'."],
    ],
    [
      'a variable whose nested field does not exist',
      {
        apis: [
          { name: 'v1.Books', methods: [{ name: 'Get', requestTypeUrl: 'type.googleapis.com/Request' }] },
        ],
        types: [
          { name: 'Request', fields: [{ name: 'book', typeUrl: 'type.googleapis.com/Book' }] },
          { name: 'Book', fields: [{ name: 'id' }] },
        ],
        http: { rules: [{ selector: 'v1.Books.Get', get: '/{book.id}/{book.isbn}', body: 'cover' }] },
      },
      [
        "error template-field: http: undefined field 'book.isbn' on message 'Request'.",
        "error template-field: http: undefined field 'cover' on message 'Request'.",
      ],
    ],
    [
      'destinations that lead nowhere',
      {
        logs: [{ name: 'l' }],
        monitoredResources: [{ type: 'api' }],
        monitoring: { producerDestinations: [{ monitoredResource: 'api', metrics: ['m'] }] },
        logging: {
          producerDestinations: [
            { monitoredResource: 'vm', logs: ['l', 'l'] },
            { monitoredResource: 'vm', logs: [] },
          ],
        },
      },
      [
        "error telemetry-destinations: The producer monitoring destination 'api' refers to 'm' metric that cannot be resolved.",
        "error telemetry-destinations: The producer logging destination 'vm' refers to the monitored resource that cannot be resolved.",
        "error telemetry-destinations: The producer logging destination 'vm' uses 'l' log more than once.",
        "error telemetry-destinations: Multiple producer logging destinations use the same monitored resource type 'vm'.",
        "error telemetry-destinations: The producer logging destination 'vm' must contain at least one log name.",
      ],
    ],
    [
      'a log described twice',
      { logs: [{ name: 'l' }, { name: 'l' }] },
      ["error telemetry-unique: The 'l' log is already defined. The log name must be unique."],
    ],
    [
      'more than 1024 metrics',
      {
        metrics: Array.from({ length: 1025 }, (_, at) => ({
          name: `m${at}`,
          metricKind: 'DELTA',
          valueType: 'INT64',
        })),
      },
      ['error telemetry-bounds: The metrics list has 1025 entries; at most 1024 are allowed.'],
    ],
    [
      'more than 128 monitored resources',
      { monitoredResources: Array.from({ length: 129 }, (_, at) => ({ type: `r${at}` })) },
      ['error telemetry-bounds: The monitored resources list has 129 entries; at most 128 are allowed.'],
    ],
    [
      'a resource with too many labels, one of them twice',
      {
        monitoredResources: [
          {
            type: 'r',
            labels: [...Array.from({ length: 128 }, (_, at) => ({ key: `k${at}` })), { key: 'k0' }],
          },
        ],
      },
      [
        "error telemetry-bounds: The label list of the 'r' monitored resource has 129 entries; at most 128 are allowed.",
        "error telemetry-bounds: The label 'k0' of the 'r' monitored resource is already defined.",
      ],
    ],
    [
      'a name of more than 512 characters',
      { logs: [{ name: 'l', displayName: 'x'.repeat(513) }] },
      ['error telemetry-bounds: The log display name has 513 characters; at most 512 are allowed.'],
    ],
  ];
  for (const [name, json, findings] of broken) {
    test(`reports ${name}`, () => assert.deepEqual(check({ ...valid, ...json }), findings));
  }
});
