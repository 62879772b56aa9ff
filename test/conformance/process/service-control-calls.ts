import assert from 'node:assert/strict';
import type { JsonObject } from '@bufbuild/protobuf';
import {
  type AllocateQuotaRequest,
  QuotaOperation_QuotaMode,
} from '../../../src/gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import type { LogEntry } from '../../../src/gen/google/api/servicecontrol/v1/log_entry_pb.ts';
import type { Operation } from '../../../src/gen/google/api/servicecontrol/v1/operation_pb.ts';
import type {
  CheckRequest,
  ReportRequest,
} from '../../../src/gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import type { FakeServiceControl } from '../../../src/service-control/testing/fake-service-control.ts';
import { systemLabels } from '../../../src/service-control/labels.ts';
import { configId } from './echo-service.ts';
import type { ExpectedCall, ExpectedReport } from './process-case.ts';

/** One call as it came; a report for each of its operations but the by-consumer ones. */
export type SeenCall =
  | { readonly kind: 'check'; readonly request: CheckRequest }
  | { readonly kind: 'quota'; readonly request: AllocateQuotaRequest }
  | { readonly kind: 'report'; readonly request: ReportRequest; readonly operation: Operation };

/** The calls in order of arrival, without the empty reports that ask for a rollout. */
export function callsOf(control: FakeServiceControl): SeenCall[] {
  const checks = [...control.checks];
  const quotas = [...control.quotas];
  const reports = [...control.reports];
  return control.calls.flatMap(({ path }): SeenCall[] => {
    if (path.endsWith(':check')) return checks.splice(0, 1).map((request) => ({ kind: 'check', request }));
    if (path.endsWith(':allocateQuota'))
      return quotas
        .splice(0, 1)
        .filter(isForRequest)
        .map((request) => ({ kind: 'quota', request }));
    return reports
      .splice(0, 1)
      .flatMap((request) =>
        request.operations
          .filter((operation) => !operation.operationId.endsWith('1') || operation.logEntries.length > 0)
          .map((operation) => ({ kind: 'report', request, operation }) as const),
      );
  });
}

/** After a refusal the cache asks every second whether there is quota again; when is a matter of chance. */
function isForRequest(request: AllocateQuotaRequest): boolean {
  return request.allocateOperation?.quotaMode !== QuotaOperation_QuotaMode.CHECK_ONLY;
}

/** HTTP calls that carried something. */
export function countCalls(control: FakeServiceControl): number {
  return control.calls.filter((call) => call.bytes > 0).length;
}

/** How many requests the reports tell of. */
export function countReported(control: FakeServiceControl): number {
  return control.reports
    .flatMap((report) => report.operations)
    .reduce((sum, operation) => sum + operation.logEntries.length, 0);
}

/** Facts about the service that every call repeats. */
export interface ServiceFacts {
  readonly name: string;
  readonly apiName: string;
  readonly producerProject: string;
}

/** Compares what came with what a case expects, in order. */
export function assertCalls(
  seen: readonly SeenCall[],
  expected: readonly ExpectedCall[],
  facts: ServiceFacts,
): void {
  assert.deepEqual(
    seen.map((call) => call.kind),
    expected.map((call) => Object.keys(call)[0]),
    'calls in order',
  );
  for (const [index, call] of seen.entries()) {
    const wanted = expected[index] as ExpectedCall;
    if (call.kind === 'check' && 'check' in wanted) assertCheck(call.request, wanted.check, facts);
    else if (call.kind === 'quota' && 'quota' in wanted) assertQuota(call.request, wanted.quota, facts);
    else if (call.kind === 'report' && 'report' in wanted)
      assertReport(call.request, call.operation, wanted.report, facts);
  }
}

function assertCheck(
  request: CheckRequest,
  expected: Readonly<Record<string, string>>,
  facts: ServiceFacts,
): void {
  const labels = request.operation?.labels ?? {};
  const named = {
    consumer: request.operation?.consumerId,
    operation: request.operation?.operationName,
    callerIp: labels[systemLabels.callerIp],
    referer: labels[systemLabels.referer],
    androidPackage: labels[systemLabels.androidPackageName],
    androidCert: labels[systemLabels.androidCertFingerprint],
    iosBundle: labels[systemLabels.iosBundleId],
  };
  assert.deepEqual(withoutUndefined(named), { callerIp: '127.0.0.1', ...expected });
  assert.equal(request.serviceName, facts.name);
  assert.equal(request.serviceConfigId, configId);
}

function assertQuota(
  request: AllocateQuotaRequest,
  expected: { readonly method: string; readonly consumer: string; readonly costs: JsonObject },
  facts: ServiceFacts,
): void {
  const operation = request.allocateOperation;
  const costs = (operation?.quotaMetrics ?? []).map(({ metricName, metricValues }) => [
    metricName,
    Number(metricValues[0]?.value.value),
  ]);
  assert.deepEqual(
    { method: operation?.methodName, consumer: operation?.consumerId, costs: Object.fromEntries(costs) },
    expected,
  );
  assert.equal(operation?.quotaMode, QuotaOperation_QuotaMode.BEST_EFFORT);
  assert.equal(request.serviceName, facts.name);
}

/** All of a report that does not depend on time: absent means absent. */
function assertReport(
  request: ReportRequest,
  operation: Operation,
  expected: ExpectedReport,
  facts: ServiceFacts,
): void {
  const count = expected.count ?? 1;
  const isUnknown = expected.operation === '<Unknown Operation Name>';
  const { labels } = operation;
  assert.equal(request.serviceName, facts.name);
  assert.equal(request.serviceConfigId, configId);
  assert.equal(operation.operationName, expected.operation);
  assert.equal(operation.consumerId, expected.key === undefined ? '' : `api_key:${expected.key}`);
  assert.deepEqual(
    withoutUndefined({
      credential: labels['/credential_id'],
      protocol: labels['/protocol'],
      referer: labels['/referer'],
      responseCode: labels['/response_code'],
      errorType: labels['/error_type'],
      statusCode: labels['/status_code'],
      method: labels['serviceruntime.googleapis.com/api_method'],
      version: labels['serviceruntime.googleapis.com/api_version'],
      location: labels[systemLabels.location],
      platform: labels[systemLabels.platform],
      backendProtocol: labels[systemLabels.backendProtocol],
    }),
    withoutUndefined({
      credential: expected.credential ?? (expected.key === undefined ? undefined : `apikey:${expected.key}`),
      protocol: expected.protocol ?? 'http',
      referer: expected.referer,
      responseCode: String(expected.status),
      errorType: expected.status >= 400 ? `${Math.floor(expected.status / 100)}xx` : undefined,
      statusCode: String(expected.statusCode),
      method: expected.operation,
      version: isUnknown ? undefined : '1.0.0',
      location: 'test-zone',
      platform: expected.platform ?? 'GCE(ESPv2)',
      backendProtocol: expected.backendProtocol,
    }),
    'labels',
  );
  assertMetrics(operation, expected, count);
  assertByConsumer(request, operation, expected);
  assert.equal(operation.logEntries.length, count, 'log entries');
  for (const entry of operation.logEntries) assertLogEntry(entry, expected, facts);
}

function assertMetrics(operation: Operation, expected: ExpectedReport, count: number): void {
  const requestCounts = operation.metricValueSets.filter(({ metricName }) =>
    metricName.endsWith('/request_count'),
  );
  const scopes = requestCounts.map(({ metricName }) => metricName.split('/').at(-2));
  assert.deepEqual(scopes.toSorted(), expected.key === undefined ? ['producer'] : ['consumer', 'producer']);
  for (const { metricName, metricValues } of operation.metricValueSets) {
    const value = metricValues[0]?.value;
    const seen = value?.case === 'distributionValue' ? Number(value.value.count) : Number(value?.value);
    assert.equal(seen, count, metricName);
  }
}

/** A known project has an operation of its own, with the project as a label. */
function assertByConsumer(request: ReportRequest, operation: Operation, expected: ExpectedReport): void {
  const second = request.operations.find((each) => each.operationId === `${operation.operationId}1`);
  assert.equal(second?.labels[systemLabels.consumerProject], expected.project);
}

function assertLogEntry(entry: LogEntry, expected: ExpectedReport, facts: ServiceFacts): void {
  assert.equal(entry.name, 'endpoints_log');
  const { httpRequest } = entry;
  assert.equal(httpRequest?.requestUrl, expected.url);
  assert.equal(httpRequest?.requestMethod, expected.method);
  assert.equal(httpRequest?.status, expected.status);
  assert.equal(entry.payload.case, 'structPayload');
  const payload = entry.payload.value as JsonObject;
  const isUnknown = expected.operation === '<Unknown Operation Name>';
  const { details = 'via_upstream' } = expected;
  const loggedDetails = String(payload['response_code_detail'] ?? '');
  assert.ok(
    details.endsWith('*') ? loggedDetails.startsWith(details.slice(0, -1)) : loggedDetails === details,
    `response_code_detail ${loggedDetails}`,
  );
  assert.deepEqual(
    pick(payload, logFields),
    withoutUndefined({
      api_key: expected.key ?? expected.loggedKey,
      api_key_state: expected.keyState,
      api_method: expected.operation,
      api_name: isUnknown ? undefined : facts.apiName,
      api_version: isUnknown ? undefined : '1.0.0',
      error_cause: expected.errorCause,
      grpc_status_code: expected.grpcStatus,
      http_status_code: expected.httpStatus ?? expected.status,
      location: 'test-zone',
      log_message: `${expected.operation} is called`,
      producer_project_id: facts.producerProject,
      request_headers: expected.requestHeaders,
      response_headers: expected.responseHeaders,
      service_config_id: configId,
    }),
    'log entry',
  );
}

const logFields = [
  'api_key',
  'api_key_state',
  'api_method',
  'api_name',
  'api_version',
  'error_cause',
  'grpc_status_code',
  'http_status_code',
  'location',
  'log_message',
  'producer_project_id',
  'request_headers',
  'response_headers',
  'service_config_id',
];

function pick(from: JsonObject, names: readonly string[]): Record<string, unknown> {
  return withoutUndefined(Object.fromEntries(names.map((name) => [name, from[name]])));
}

function withoutUndefined(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
