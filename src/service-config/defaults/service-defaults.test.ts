import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { create } from '@bufbuild/protobuf';

import { MetricDescriptor_MetricKind, MetricDescriptorSchema } from '../../gen/google/api/metric_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { addServiceDefaults } from './service-defaults.ts';

const prefix = 'serviceruntime.googleapis.com/api/';

describe('addServiceDefaults', () => {
  const service = addServiceDefaults(create(ServiceSchema));

  test('adds 39 metrics, all DELTA and typed by their names', () => {
    assert.equal(service.metrics.length, 39);
    for (const metric of service.metrics) {
      assert.equal(metric.metricKind, MetricDescriptor_MetricKind.DELTA);
      assert.equal(metric.type, metric.name);
      assert.ok(metric.name.startsWith(prefix));
    }
  });

  test('labels the request counts of a consumer with its credential and the outcome', () => {
    const metric = service.metrics.find(({ name }) => name === `${prefix}consumer/request_count`);
    assert.deepEqual(
      metric?.labels.map(({ key }) => key),
      ['/credential_id', '/protocol', '/response_code', '/response_code_class', '/status_code'],
    );
  });

  test('sends the 16 consumer metrics to consumers and the 23 producer metrics to the producer', () => {
    const [consumer] = service.monitoring?.consumerDestinations ?? [];
    const [producer] = service.monitoring?.producerDestinations ?? [];
    assert.equal(consumer?.metrics.length, 16);
    assert.equal(producer?.metrics.length, 23);
    assert.ok(consumer.metrics.every((name) => name.startsWith(`${prefix}consumer/`)));
    assert.ok(producer.metrics.every((name) => name.startsWith(`${prefix}producer/`)));
    assert.equal(consumer.monitoredResource, 'api');
  });

  test('writes endpoints_log of the api resource to the producer', () => {
    assert.deepEqual(
      service.logs.map(({ name }) => name),
      ['endpoints_log'],
    );
    assert.deepEqual(
      service.monitoredResources.map(({ type, labels }) => [type, labels.length]),
      [['api', 7]],
    );
    assert.deepEqual(service.logging?.producerDestinations[0]?.logs, ['endpoints_log']);
    assert.equal(service.logging?.producerDestinations[0]?.monitoredResource, 'api');
  });

  test('keeps a metric that the service defines under the same name', () => {
    const name = `${prefix}consumer/request_count`;
    const own = create(MetricDescriptorSchema, { name, displayName: 'mine' });
    const result = addServiceDefaults(create(ServiceSchema, { metrics: [own] }));
    assert.deepEqual(
      result.metrics.filter((metric) => metric.name === name).map(({ displayName }) => displayName),
      ['mine'],
    );
  });
});
