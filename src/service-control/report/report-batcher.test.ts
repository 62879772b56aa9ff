import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { fromBinary } from '@bufbuild/protobuf';
import { ManualClock } from '../../core/manual-clock.ts';
import {
  ReportRequestSchema,
  type ReportRequest,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { createCounters, type ServiceControlCounters } from '../counters.ts';
import { sampleRecord, sampleService } from '../testing/sample-service.ts';
import { espV2Report } from './esp-v2.ts';
import { defaultReportBatcherLimits, ReportBatcher } from './report-batcher.ts';
import type { ReportContext } from './report-dialect.ts';
import { planReport, type ReportPlan } from './report-plan.ts';

const anonymous = sampleRecord({ apiKey: '', apiKeyState: 'NOT_CHECKED', consumer: undefined });

function plan(configId = '2026-01-01r0'): ReportPlan {
  const context: ReportContext = {
    serviceName: 's',
    configId,
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
  return planReport(sampleService(configId), espV2Report, context);
}

describe('ReportBatcher', () => {
  let clock: ManualClock;
  let counters: ServiceControlCounters;
  let requests: ReportRequest[];
  let sizes: number[];
  const config = plan();

  beforeEach(() => {
    clock = new ManualClock();
    counters = createCounters();
    requests = [];
    sizes = [];
  });

  function create(limits: Partial<typeof defaultReportBatcherLimits> = {}): ReportBatcher {
    let ids = 0;
    return new ReportBatcher({
      limits: { ...defaultReportBatcherLimits, ...limits },
      clock,
      createId: () => `op-${++ids}-`,
      emit: ({ body }) => {
        sizes.push(body.length);
        requests.push(fromBinary(ReportRequestSchema, body));
      },
      counters,
    });
  }
  const countOf = (request: ReportRequest | undefined): bigint | undefined => {
    const set = request?.operations[0]?.metricValueSets.find(({ metricName }) =>
      metricName.endsWith('api/producer/request_count'),
    );
    const value = set?.metricValues[0]?.value;
    return value?.case === 'int64Value' ? value.value : undefined;
  };

  it('sends a second after the first record, not before', () => {
    create().add(config, anonymous);
    clock.advance(999);
    assert.equal(requests.length, 0);
    clock.advance(1);
    assert.equal(requests.length, 1);
    assert.equal(clock.pendingTimers, 0);
  });

  it('sums up records of one signature, with a log entry for each', () => {
    const batcher = create();
    for (let i = 0; i < 10; i++) batcher.add(config, anonymous);
    clock.advance(1000);
    assert.deepEqual([requests.length, requests[0]?.operations.length], [1, 1]);
    assert.equal(countOf(requests[0]), 10n);
    assert.equal(requests[0]?.operations[0]?.logEntries.length, 10);
  });

  for (const changes of [
    { operationName: 'other' },
    { httpStatus: 404 },
    { apiKey: 'k', apiKeyState: 'VERIFIED' },
    { consumer: { projectNumber: '7', type: '', consumerNumber: '', apiKeyUid: '' } },
    { frontendProtocol: 'grpc' },
  ] as const)
    it(`keeps records apart by ${Object.keys(changes)[0]}`, () => {
      const batcher = create();
      batcher.add(config, anonymous);
      batcher.add(config, sampleRecord({ ...anonymous, ...changes }));
      assert.equal(batcher.size, 2);
    });

  it('does not keep records apart by labels that the config does not declare', () => {
    const batcher = create();
    batcher.add(config, anonymous);
    batcher.add(config, sampleRecord({ ...anonymous, referer: 'https://example.com/' }));
    assert.equal(batcher.size, 1);
  });

  it('packs at most ten operations into a request', () => {
    const batcher = create();
    for (let i = 0; i < 23; i++) batcher.add(config, sampleRecord({ ...anonymous, operationName: `M${i}` }));
    clock.advance(1000);
    assert.deepEqual(
      requests.map(({ operations }) => operations.length),
      [10, 10, 3],
    );
  });

  it('sends a hundred log entries at once, without waiting', () => {
    const batcher = create();
    for (let i = 0; i < 100; i++) batcher.add(config, anonymous);
    assert.equal(requests[0]?.operations[0]?.logEntries.length, 100);
    assert.equal(batcher.size, 0);
  });

  it('keeps every request below a megabyte, whatever the headers weigh', () => {
    const heavy = plan();
    const logging = { ...heavy, context: { ...heavy.context, logRequestHeaders: ['x-big'] } };
    const batcher = create();
    for (let i = 0; i < 300; i++)
      batcher.add(
        logging,
        sampleRecord({
          ...anonymous,
          operationName: `M${i % 20}`,
          requestHeaders: ['x-big', 'v'.repeat(30_000)],
        }),
      );
    clock.advance(1000);
    const entries = requests.flatMap(({ operations }) => operations.flatMap(({ logEntries }) => logEntries));
    assert.equal(entries.length, 300);
    assert.ok(Math.max(...sizes) <= 1_000_200, `largest ${Math.max(...sizes)}`);
    assert.equal(counters.maxReportSize, Math.max(...sizes));
  });

  it('sends the oldest signature when it holds too many', () => {
    const batcher = create({ maxEntries: 3 });
    for (let i = 0; i < 5; i++) batcher.add(config, sampleRecord({ ...anonymous, operationName: `M${i}` }));
    assert.deepEqual(
      requests.map(({ operations }) => operations[0]?.operationName),
      ['M0', 'M1'],
    );
  });

  it('sends everything when it holds too many log entries altogether', () => {
    const batcher = create({ maxBufferedLogEntries: 4 });
    for (let i = 0; i < 4; i++) batcher.add(config, sampleRecord({ ...anonymous, operationName: `M${i}` }));
    assert.equal(requests[0]?.operations.length, 4);
    assert.equal(batcher.size, 0);
  });

  it('never mixes configs in a request', () => {
    const batcher = create();
    batcher.add(config, anonymous);
    batcher.add(plan('2026-01-02r0'), anonymous);
    clock.advance(1000);
    assert.deepEqual(
      requests.map(({ serviceConfigId, operations }) => [serviceConfigId, operations.length]),
      [
        ['2026-01-01r0', 1],
        ['2026-01-02r0', 1],
      ],
    );
  });

  it('leaves younger signatures for the next time', () => {
    const batcher = create();
    batcher.add(config, anonymous);
    clock.advance(600);
    batcher.add(config, sampleRecord({ ...anonymous, operationName: 'younger' }));
    clock.advance(400);
    assert.equal(requests.length, 1);
    clock.advance(600);
    assert.equal(requests[1]?.operations[0]?.operationName, 'younger');
  });
});
