import { create } from '@bufbuild/protobuf';
import { LabelDescriptor_ValueType } from '../../gen/google/api/label_pb.ts';
import { MetricDescriptor_MetricKind, MetricDescriptor_ValueType } from '../../gen/google/api/metric_pb.ts';
import { ServiceSchema, type Service } from '../../gen/google/api/service_pb.ts';
import type { ReportRecord } from '../service-controller.ts';

const api = 'serviceruntime.googleapis.com/api/';
const responseLabels = ['/protocol', '/response_code', '/response_code_class', '/status_code'];
const scopes = ['consumer', 'producer', 'producer/by_consumer'] as const;
const counts = ['request_count', 'error_count'] as const;
const distributions = [
  'request_sizes',
  'response_sizes',
  'total_latencies',
  'backend_latencies',
  'request_overhead_latencies',
] as const;

/** A compiled service config with the metrics, labels and log that Service Management adds to every service. */
export function sampleService(id = '2026-01-01r0'): Service {
  const metrics = scopes.flatMap((scope) => [
    ...counts.map((name) =>
      metric(`${scope}/${name}`, MetricDescriptor_ValueType.INT64, labelsOf(scope, name)),
    ),
    ...distributions.map((name) =>
      metric(`${scope}/${name}`, MetricDescriptor_ValueType.DISTRIBUTION, labelsOf(scope, name)),
    ),
  ]);
  const named = (prefix: string): string[] =>
    metrics.map(({ name }) => name).filter((name) => name.startsWith(`${api}${prefix}`));
  return create(ServiceSchema, {
    name: 'bookstore.endpoints.example.cloud.goog',
    id,
    producerProjectId: 'producer-project',
    metrics,
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
    logs: [{ name: 'endpoints_log' }],
    logging: { producerDestinations: [{ monitoredResource: 'api', logs: ['endpoints_log'] }] },
    monitoring: {
      consumerDestinations: [{ monitoredResource: 'api', metrics: named('consumer/') }],
      producerDestinations: [{ monitoredResource: 'api', metrics: named('producer/') }],
    },
  });
}

/** A good request with a verified key; `changes` over it. */
export function sampleRecord(changes: Partial<ReportRecord> = {}): ReportRecord {
  return {
    operationName: 'example.Bookstore.ListShelves',
    apiName: 'example.Bookstore',
    apiVersion: 'v1',
    apiKey: 'key-1',
    apiKeyState: 'VERIFIED',
    consumer: { projectNumber: '123456', type: 'PROJECT', consumerNumber: '123456', apiKeyUid: '' },
    authIssuer: '',
    authAudience: '',
    startedAtMs: Date.UTC(2026, 0, 1) - 123,
    endedAtMs: Date.UTC(2026, 0, 1),
    httpMethod: 'GET',
    url: '/v1/shelves?key=key-1',
    httpVersion: '1.1',
    frontendProtocol: 'http',
    backendProtocol: 'http',
    httpStatus: 200,
    grpcStatus: '',
    responseCodeDetails: 'via_upstream',
    errorCause: '',
    errorMessage: '',
    clientIp: '203.0.113.7',
    referer: '',
    requestBytes: 100,
    responseBytes: 1_048_576,
    totalLatencyMs: 123,
    backendLatencyMs: 101,
    overheadLatencyMs: 22,
    requestHeaders: ['x-tag', 'a'],
    responseHeaders: [],
    jwtPayloads: '',
    traceId: '',
    ...changes,
  };
}

function labelsOf(scope: (typeof scopes)[number], name: string): string[] {
  const own = name === 'request_count' ? responseLabels : name === 'error_count' ? ['/error_type'] : [];
  return scope === 'producer' ? own : ['/credential_id', ...own];
}

function metric(path: string, valueType: number, keys: readonly string[]) {
  return {
    name: `${api}${path}`,
    type: `${api}${path}`,
    metricKind: MetricDescriptor_MetricKind.DELTA,
    valueType: valueType as typeof MetricDescriptor_ValueType.INT64,
    labels: labels(keys),
  };
}

function labels(keys: readonly string[]) {
  return keys.map((key) => ({ key, valueType: LabelDescriptor_ValueType.STRING }));
}
