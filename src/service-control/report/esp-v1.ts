import { create, type JsonObject } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { httpStatusToRpcCode, rpcCodeName } from '../../core/status.ts';
import { LogEntrySchema, type LogEntry } from '../../gen/google/api/servicecontrol/v1/log_entry_pb.ts';
import { LogSeverity } from '../../gen/google/logging/type/log_severity_pb.ts';
import type { ReportRecord } from '../service-controller.ts';
import { commonLabels } from './common-labels.ts';
import { metricRows } from './metric-table.ts';
import type { MetricScope, ReportContext, ReportDialect } from './report-dialect.ts';
import { jwtCredential, loggedHeaders, unknownOperation } from './report-texts.ts';
import { grpcCode, responseCode } from './response-code.ts';

const all: readonly MetricScope[] = ['consumer', 'producer', 'byConsumer'];
const sides: readonly MetricScope[] = ['consumer', 'producer'];

/** ESP v1's report. Source: esp service_control/proto.cc. */
export const espV1Report: ReportDialect = {
  metrics: [
    ...metricRows('request_count', 'requestCount', all),
    ...metricRows('request_sizes', 'requestSizes', all),
    ...metricRows('response_sizes', 'responseSizes', all),
    ...metricRows('request_bytes', 'requestBytes', sides),
    ...metricRows('response_bytes', 'responseBytes', sides),
    ...metricRows('error_count', 'errorCount', all),
    ...metricRows('total_latencies', 'totalLatencies', all),
    ...metricRows('backend_latencies', 'backendLatencies', all),
    ...metricRows('request_overhead_latencies', 'overheadLatencies', all),
  ],
  labels: commonLabels({
    credentialId,
    statusCode,
    backendProtocol: (record) =>
      record.backendProtocol === record.frontendProtocol ? '' : record.backendProtocol,
    unknownPlatform: 'unknown',
  }),
  countsUnknownOperations: false,
  consumerId(record, context) {
    if (record.apiKey !== '') return `api_key:${record.apiKey}`;
    return context.producerProjectId === '' ? '' : `project:${context.producerProjectId}`;
  },
  sendsConsumerMetrics: ({ apiKey, apiKeyState }) =>
    apiKey !== '' && apiKeyState !== 'INVALID' && apiKeyState !== 'NOT_ENABLED',
  backendLatencyMs: (record) => record.backendLatencyMs,
  overheadLatencyMs: (record) => record.overheadLatencyMs,
  buildLogEntry,
};

function credentialId(record: ReportRecord, context: ReportContext): string {
  if (record.apiKey === '') return jwtCredential(record);
  if (!context.reportsApiKeyUid) return `apikey:${record.apiKey}`;
  const uid = record.consumer?.apiKeyUid ?? '';
  if (uid !== '') return uid;
  // Asked, but nobody answered: the request passed by network policy.
  const isUnknown = record.apiKeyState === 'NOT_CHECKED' && record.consumer !== undefined;
  return isUnknown ? 'apikey:UNKNOWN' : `apikey:${record.apiKey}`;
}

function statusCode(record: ReportRecord): number {
  const code = record.frontendProtocol === 'grpc' ? grpcCode(record) : undefined;
  if (code !== undefined) return code;
  if (record.statusCode !== undefined && record.statusCode !== 0) return record.statusCode;
  return httpStatusToRpcCode(record.httpStatus);
}

function buildLogEntry(name: string, record: ReportRecord, context: ReportContext): LogEntry {
  return create(LogEntrySchema, {
    name,
    timestamp: timestampFromMs(record.endedAtMs),
    severity: responseCode(record) >= 400 ? LogSeverity.ERROR : LogSeverity.INFO,
    payload: { case: 'structPayload', value: buildPayload(record, context) },
  });
}

function buildPayload(record: ReportRecord, context: ReportContext): JsonObject {
  const code = responseCode(record);
  const payload: JsonObject = {
    timestamp: record.endedAtMs / 1000,
    service_agent: context.serviceAgent,
    http_response_code: code,
    request_size_in_bytes: record.requestBytes,
    response_size_in_bytes: record.responseBytes,
  };
  if (record.totalLatencyMs >= 0) payload['request_latency_in_ms'] = Math.round(record.totalLatencyMs);
  const isMatched = record.operationName !== unknownOperation;
  const texts: ReadonlyArray<readonly [string, string]> = [
    ['service_config_id', context.configId],
    ['producer_project_id', context.producerProjectId],
    ['api_key', record.apiKey],
    ['referer', record.referer],
    ['api_name', record.apiName],
    ['api_version', record.apiVersion],
    ['url', record.url],
    ['api_method', isMatched ? record.operationName : ''],
    ['location', context.location],
    ['log_message', logMessage(record, isMatched)],
    ['http_method', record.httpMethod],
    ['client_ip', record.clientIp],
    ['request_headers', loggedHeaders(context.logRequestHeaders, record.requestHeaders)],
    ['response_headers', loggedHeaders(context.logResponseHeaders, record.responseHeaders)],
    ['jwt_payloads', record.jwtPayloads],
    ['error_cause', code >= 400 ? record.errorCause || 'application' : ''],
  ];
  for (const [key, value] of texts) if (value !== '') payload[key] = value;
  return payload;
}

function logMessage(record: ReportRecord, isMatched: boolean): string {
  if (!isMatched)
    return `Endpoints management skipped for an unrecognized HTTP call: ${record.httpMethod} ${record.url}`;
  const text = `Method: ${record.operationName}`;
  if (record.errorMessage === '') return text;
  return `${text} failed: ${rpcCodeName(statusCode(record))}: ${record.errorMessage}`;
}
