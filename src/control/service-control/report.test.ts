import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create, toJson, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { DistributionSchema } from '../../gen/google/api/servicecontrol/v1/distribution_pb.ts';
import type { OperationSchema } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import { LogSeverity } from '../../gen/google/logging/type/log_severity_pb.ts';
import { LogEntrySchema } from '../../gen/google/logging/v2/log_entry_pb.ts';
import { usageStepsMs } from '../../store/usage.ts';
import {
  configId,
  keyString,
  openControl,
  operationName,
  rolloutId,
  serviceName,
  type ControlFixture,
} from './testing/control-fixture.ts';

const atMs = Date.UTC(2026, 0, 1, 12);
const api = 'serviceruntime.googleapis.com/api/';
type OperationInit = MessageInitShape<typeof OperationSchema>;

function operation(operationId: string, changes: OperationInit = {}): OperationInit {
  const one = { metricValues: [{ value: { case: 'int64Value' as const, value: 1n } }] };
  return {
    operationId,
    operationName,
    consumerId: `api_key:${keyString}`,
    startTime: timestampFromMs(atMs),
    endTime: timestampFromMs(atMs),
    labels: {
      '/response_code': '200',
      '/credential_id': 'apikey:key-uid',
      '/undeclared': 'x',
      'serviceruntime.googleapis.com/api_version': 'v1',
    },
    metricValueSets: [
      { metricName: `${api}consumer/request_count`, ...one },
      { metricName: `${api}producer/request_count`, ...one },
    ],
    logEntries: [
      {
        name: 'endpoints_log',
        timestamp: timestampFromMs(atMs),
        severity: LogSeverity.INFO,
        httpRequest: { requestMethod: 'GET', status: 200 },
        payload: { case: 'structPayload', value: { api_method: operationName } },
      },
    ],
    ...changes,
  };
}

async function counts(control: ControlFixture): Promise<Record<string, number>> {
  const series = await control.store.usage.query({
    stepMs: usageStepsMs.minute,
    fromMs: 0,
    untilMs: atMs + 86_400_000,
  });
  return Object.fromEntries(
    series.map(({ metric, consumerProject, points }) => [
      `${metric.slice(api.length)} ${consumerProject}`.trim(),
      points.reduce((sum, { value }) => sum + Number(value.value), 0),
    ]),
  );
}

describe('report', () => {
  it('answers an empty report with the config and the rollout in force', async (context) => {
    const control = await openControl(context);
    const response = await control.report({ serviceName });
    assert.deepEqual(
      [response.serviceConfigId, response.serviceRolloutId, response.reportErrors],
      [configId, rolloutId, []],
    );
  });

  it('adds metrics to the time series of the consumer and of the producer', async (context) => {
    const control = await openControl(context);
    await control.report({ serviceName, operations: [operation('a'), operation('b')] });
    assert.deepEqual(await counts(control), {
      'consumer/request_count 1002': 2,
      'producer/request_count': 2,
    });
  });

  it('keeps the labels that the config declares for the metric', async (context) => {
    const control = await openControl(context);
    await control.report({ serviceName, operations: [operation('a')] });
    const [series] = await control.store.usage.listSeries({ metric: `${api}producer/request_count` });
    assert.deepEqual(series, {
      serviceName,
      metric: `${api}producer/request_count`,
      consumerProject: '',
      method: operationName,
      version: 'v1',
      location: 'global',
      labels: { '/response_code': '200' },
    });
  });

  it('counts by-consumer metrics for the project that the label names', async (context) => {
    const control = await openControl(context);
    await control.report({
      serviceName,
      operations: [
        operation('a1', {
          consumerId: '',
          labels: { 'serviceruntime.googleapis.com/consumer_project': '1002' },
          metricValueSets: [
            {
              metricName: `${api}producer/by_consumer/request_count`,
              metricValues: [{ value: { case: 'int64Value', value: 3n } }],
            },
          ],
        }),
      ],
    });
    assert.deepEqual(await counts(control), { 'producer/by_consumer/request_count 1002': 3 });
  });

  it('counts what an unknown caller did for the producer only', async (context) => {
    const control = await openControl(context);
    const { reportErrors } = await control.report({
      serviceName,
      operations: [operation('a', { consumerId: 'api_key:nonsense' })],
    });
    assert.deepEqual([reportErrors, await counts(control)], [[], { 'producer/request_count': 1 }]);
  });

  it('keeps log entries as Cloud Logging shows them', async (context) => {
    const control = await openControl(context);
    await control.report({ serviceName, operations: [operation('a')] });
    const { records } = await control.store.logs.list({ projectIds: ['producer'] }, { limit: 10 });
    assert.deepEqual(
      records.map(({ entry }) => toJson(LogEntrySchema, entry)),
      [
        {
          logName: `projects/producer/logs/${serviceName}%2Fendpoints_log`,
          resource: {
            type: 'api',
            labels: {
              location: 'global',
              method: operationName,
              project_id: 'producer',
              service: serviceName,
              version: 'v1',
            },
          },
          timestamp: '2026-01-01T12:00:00Z',
          receiveTimestamp: '2026-01-01T12:00:00Z',
          severity: 'INFO',
          insertId: 'insert-id',
          httpRequest: { requestMethod: 'GET', status: 200 },
          jsonPayload: { api_method: operationName },
        },
      ],
    );
  });

  it('counts an operation once, however often it is reported', async (context) => {
    const control = await openControl(context);
    for (let i = 0; i < 3; i++) await control.report({ serviceName, operations: [operation('a')] });
    assert.equal((await counts(control))['producer/request_count'], 1);
    const { records } = await control.store.logs.list({ projectIds: ['producer'] }, { limit: 10 });
    assert.equal(records.length, 1);
  });

  it('takes the good operations beside a bad one and names the bad one', async (context) => {
    const control = await openControl(context);
    const { reportErrors } = await control.report({
      serviceName,
      operations: [operation('bad', { operationName: '' }), operation('good')],
    });
    assert.deepEqual(
      reportErrors.map(({ operationId, status }) => [operationId, status?.code, status?.message]),
      [['bad', RpcCode.INVALID_ARGUMENT, 'operation_name is required.']],
    );
    assert.equal((await counts(control))['producer/request_count'], 1);
  });

  const metric = (
    value: NonNullable<MessageInitShape<typeof OperationSchema>['metricValueSets']>[number],
  ) => ({
    metricValueSets: [value],
  });
  for (const [name, changes] of [
    ['no operation id', { operationId: '' }],
    ['no start', { startTime: undefined }],
    ['an end before its start', { endTime: timestampFromMs(atMs - 1) }],
    ['an end in the future', { endTime: timestampFromMs(atMs + 7_200_000) }],
    ['a distant past', { startTime: timestampFromMs(1), endTime: timestampFromMs(1) }],
    ['a metric without a name', metric({ metricValues: [] })],
    ['a metric without a value', metric({ metricName: 'm', metricValues: [{}] })],
    [
      'a negative delta',
      metric({ metricName: 'm', metricValues: [{ value: { case: 'int64Value', value: -1n } }] }),
    ],
    [
      'a distribution that does not add up',
      metric({
        metricName: 'm',
        metricValues: [
          {
            value: {
              case: 'distributionValue',
              value: create(DistributionSchema, { count: 2n, bucketCounts: [1n] }),
            },
          },
        ],
      }),
    ],
    ['a log entry without a name', { logEntries: [{}] }],
  ] as ReadonlyArray<readonly [string, OperationInit]>)
    it(`refuses an operation with ${name}`, async (context) => {
      const control = await openControl(context);
      const { reportErrors } = await control.report({ serviceName, operations: [operation('a', changes)] });
      assert.equal(reportErrors[0]?.status?.code, RpcCode.INVALID_ARGUMENT);
      assert.deepEqual(await counts(control), {});
    });

  it('refuses the second of two operations with one id', async (context) => {
    const control = await openControl(context);
    const { reportErrors } = await control.report({
      serviceName,
      operations: [operation('a'), operation('a')],
    });
    assert.deepEqual([reportErrors.length, (await counts(control))['producer/request_count']], [1, 1]);
  });

  it('asks for permission first', async (context) => {
    const control = await openControl(context);
    control.denied.add('servicemanagement.services.report');
    await assert.rejects(control.report({ serviceName }), { code: RpcCode.PERMISSION_DENIED });
  });
});
