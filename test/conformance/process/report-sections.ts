import type { JsonObject } from '@bufbuild/protobuf';

const prefix = 'serviceruntime.googleapis.com/api/';
const scopes = ['consumer', 'producer', 'producer/by_consumer'];
const distributions = [
  'request_sizes',
  'response_sizes',
  'total_latencies',
  'backend_latencies',
  'request_overhead_latencies',
];
const countLabels = [
  '/credential_id',
  '/error_type',
  '/protocol',
  '/referer',
  '/response_code',
  '/response_code_class',
  '/status_code',
];

const metrics = scopes.flatMap((scope) => [
  metric(`${prefix}${scope}/request_count`, 'INT64', countLabels),
  ...distributions.map((name) => metric(`${prefix}${scope}/${name}`, 'DISTRIBUTION', ['/credential_id'])),
]);

/** Sections of a service config with every metric, label and log that the proxy can report. */
export const reportSections: JsonObject = {
  metrics,
  logs: [{ name: 'endpoints_log' }],
  monitoredResources: [
    {
      type: 'api',
      labels: labels([
        'cloud.googleapis.com/location',
        'serviceruntime.googleapis.com/api_method',
        'serviceruntime.googleapis.com/api_version',
        'serviceruntime.googleapis.com/consumer_project',
      ]),
    },
  ],
  logging: { producerDestinations: [{ monitoredResource: 'api', logs: ['endpoints_log'] }] },
  monitoring: {
    consumerDestinations: [{ monitoredResource: 'api', metrics: named('consumer/') }],
    producerDestinations: [{ monitoredResource: 'api', metrics: named('producer/') }],
  },
};

function named(scope: string): string[] {
  return metrics.map((each) => each['name'] as string).filter((name) => name.startsWith(`${prefix}${scope}`));
}

function metric(name: string, valueType: string, keys: readonly string[]): JsonObject {
  return { name, type: name, metricKind: 'DELTA', valueType, labels: labels(keys) };
}

function labels(keys: readonly string[]): JsonObject[] {
  return keys.map((key) => ({ key, valueType: 'STRING' }));
}
