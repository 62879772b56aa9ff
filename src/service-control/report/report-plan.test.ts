import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LabelDescriptor_ValueType } from '../../gen/google/api/label_pb.ts';
import { MetricDescriptor_MetricKind, MetricDescriptor_ValueType } from '../../gen/google/api/metric_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { sampleService } from '../testing/sample-service.ts';
import { espV2Report } from './esp-v2.ts';
import type { ReportContext } from './report-dialect.ts';
import { planReport } from './report-plan.ts';

const context: ReportContext = {
  serviceName: 's',
  configId: 'c',
  producerProjectId: 'p',
  location: '',
  platform: '',
  userAgent: 'ESPv2',
  serviceAgent: 'ESPv2/1',
  traceProjectId: '',
  reportsApiKeyUid: true,
  backendProtocol: '',
  logRequestHeaders: [],
  logResponseHeaders: [],
};
const requestCount = 'serviceruntime.googleapis.com/api/producer/request_count';

/** Plans the sample service after a change. */
function planAfter(change: (service: Service) => void) {
  const service = sampleService();
  change(service);
  return planReport(service, espV2Report, context);
}

function metricOf(service: Service, name: string) {
  const metric = service.metrics.find((each) => each.name === name);
  assert.ok(metric);
  return metric;
}

describe('planReport', () => {
  it('takes every metric that the dialect knows and the config wants', () => {
    const plan = planAfter(() => undefined);
    assert.deepEqual([plan.metrics.length, plan.byConsumerMetrics.length], [10, 6]);
  });

  it('leaves out a metric that no destination wants', () => {
    const plan = planAfter(({ monitoring }) => {
      monitoring?.producerDestinations.splice(0);
    });
    assert.deepEqual(
      [plan.metrics.every(({ scope }) => scope === 'consumer'), plan.byConsumerMetrics.length],
      [true, 0],
    );
  });

  for (const [name, change] of [
    ['is not declared', (service) => service.metrics.splice(0)],
    [
      'is a gauge',
      (service) => (metricOf(service, requestCount).metricKind = MetricDescriptor_MetricKind.GAUGE),
    ],
    [
      'has another type',
      (service) => (metricOf(service, requestCount).valueType = MetricDescriptor_ValueType.DOUBLE),
    ],
    [
      'has a label that is not a string',
      (service) => {
        const [label] = metricOf(service, requestCount).labels;
        assert.ok(label);
        label.valueType = LabelDescriptor_ValueType.INT64;
      },
    ],
  ] as ReadonlyArray<readonly [string, (service: Service) => unknown]>)
    it(`leaves out a metric that ${name}`, () => {
      const plan = planAfter(change);
      assert.equal(
        plan.metrics.some((metric) => metric.name === requestCount),
        false,
      );
    });

  it('leaves out a destination whose resource is not declared', () => {
    const plan = planAfter((service) => {
      service.monitoredResources.splice(0);
    });
    assert.deepEqual([plan.metrics, plan.byConsumerMetrics, plan.logNames], [[], [], []]);
  });

  it('leaves out a log that is not declared', () => {
    const plan = planAfter((service) => {
      service.logs.splice(0);
    });
    assert.deepEqual(plan.logNames, []);
  });

  it('takes the labels that somebody declares and those that always go', () => {
    const names = planAfter(() => undefined).labels.map(({ name }) => name);
    assert.equal(names.includes('/credential_id'), true);
    assert.equal(names.includes('/error_type'), true);
    assert.equal(names.includes('/referer'), false);
    assert.equal(names.includes('servicecontrol.googleapis.com/platform'), true);
  });
});
