import { httpStatusToRpcCode, rpcCodeName } from '../../core/status.ts';
import { LogSeverity } from '../../gen/google/logging/type/log_severity_pb.ts';
import type { ReportRecord } from '../service-controller.ts';
import { commonLabels } from './common-labels.ts';
import { describePayload, type LogEntryFields } from './log-entry.ts';
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
  describeLogEntry,
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

function describeLogEntry(name: string, record: ReportRecord, context: ReportContext): LogEntryFields {
  return {
    name,
    timestampMs: record.endedAtMs,
    severity: responseCode(record) >= 400 ? LogSeverity.ERROR : LogSeverity.INFO,
    trace: '',
    httpRequest: undefined,
    payload: payloadOf(record, context),
  };
}

function payloadOf(record: ReportRecord, context: ReportContext): Array<string | number> {
  const code = responseCode(record);
  const isMatched = record.operationName !== unknownOperation;
  const always = [
    'timestamp',
    record.endedAtMs / 1000,
    'service_agent',
    context.serviceAgent,
    'http_response_code',
    code,
    'request_size_in_bytes',
    record.requestBytes,
    'response_size_in_bytes',
    record.responseBytes,
  ];
  if (record.totalLatencyMs >= 0) always.push('request_latency_in_ms', Math.round(record.totalLatencyMs));
  return describePayload(always, [
    'service_config_id',
    context.configId,
    'producer_project_id',
    context.producerProjectId,
    'api_key',
    record.apiKey,
    'referer',
    record.referer,
    'api_name',
    record.apiName,
    'api_version',
    record.apiVersion,
    'url',
    record.url,
    'api_method',
    isMatched ? record.operationName : '',
    'location',
    context.location,
    'log_message',
    logMessage(record, isMatched),
    'http_method',
    record.httpMethod,
    'client_ip',
    record.clientIp,
    'request_headers',
    loggedHeaders(context.logRequestHeaders, record.requestHeaders),
    'response_headers',
    loggedHeaders(context.logResponseHeaders, record.responseHeaders),
    'jwt_payloads',
    record.jwtPayloads,
    'error_cause',
    code >= 400 ? record.errorCause || 'application' : '',
  ]);
}

function logMessage(record: ReportRecord, isMatched: boolean): string {
  if (!isMatched)
    return `Endpoints management skipped for an unrecognized HTTP call: ${record.httpMethod} ${record.url}`;
  const text = `Method: ${record.operationName}`;
  if (record.errorMessage === '') return text;
  return `${text} failed: ${rpcCodeName(statusCode(record))}: ${record.errorMessage}`;
}
