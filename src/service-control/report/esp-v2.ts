import { RpcCode, httpStatusToRpcCode } from '../../core/status.ts';
import { LogSeverity } from '../../gen/google/logging/type/log_severity_pb.ts';
import type { ApiKeyState, ReportRecord } from '../service-controller.ts';
import { commonLabels } from './common-labels.ts';
import { describePayload, type LogEntryFields } from './log-entry.ts';
import { metricRows } from './metric-table.ts';
import type { MetricScope, ReportContext, ReportDialect } from './report-dialect.ts';
import { jwtCredential, loggedHeaders } from './report-texts.ts';
import { grpcCode, responseCode } from './response-code.ts';

const all: readonly MetricScope[] = ['consumer', 'producer', 'byConsumer'];
const producerOnly: readonly MetricScope[] = ['producer', 'byConsumer'];

/** ESPv2's report. Source: espv2 request_builder.cc. */
export const espV2Report: ReportDialect = {
  metrics: [
    ...metricRows('request_count', 'requestCount', all),
    ...metricRows('request_sizes', 'requestSizes', all),
    ...metricRows('response_sizes', 'responseSizes', all),
    ...metricRows('total_latencies', 'totalLatencies', all),
    ...metricRows('backend_latencies', 'backendLatencies', producerOnly),
    ...metricRows('request_overhead_latencies', 'overheadLatencies', producerOnly),
  ],
  labels: commonLabels({
    credentialId(record, context) {
      if (record.apiKeyState !== 'VERIFIED') return jwtCredential(record);
      const uid = context.reportsApiKeyUid ? (record.consumer?.apiKeyUid ?? '') : '';
      return uid === '' ? `apikey:${record.apiKey}` : uid;
    },
    statusCode,
    // gRPC behind a client that does not speak it; the same protocol on both sides goes without saying.
    backendProtocol(record, context) {
      const backend = context.backendProtocol === '' ? record.backendProtocol : context.backendProtocol;
      return backend === 'grpc' && record.frontendProtocol !== 'grpc' ? 'grpc' : '';
    },
    unknownPlatform: 'UNKNOWN(ESPv2)',
  }),
  countsUnknownOperations: true,
  consumerId: (record) => (record.apiKeyState === 'VERIFIED' ? `api_key:${record.apiKey}` : ''),
  sendsConsumerMetrics: (record) => record.apiKeyState === 'VERIFIED',
  // A request that never reached a backend spent no time there: all of it was overhead.
  backendLatencyMs: (record) => Math.max(0, record.backendLatencyMs),
  overheadLatencyMs: (record) =>
    record.backendLatencyMs < 0 && record.overheadLatencyMs < 0
      ? record.totalLatencyMs
      : record.overheadLatencyMs,
  describeLogEntry,
};

const keyStateNames: Readonly<Record<ApiKeyState, string>> = {
  NOT_CHECKED: 'NOT CHECKED',
  VERIFIED: 'VERIFIED',
  INVALID: 'INVALID',
  NOT_ENABLED: 'NOT ENABLED',
};

/** Envoy's names of the canonical codes, in code order. */
const envoyStatusNames = [
  'OK',
  'Canceled',
  'Unknown',
  'InvalidArgument',
  'DeadlineExceeded',
  'NotFound',
  'AlreadyExists',
  'PermissionDenied',
  'ResourceExhausted',
  'FailedPrecondition',
  'Aborted',
  'OutOfRange',
  'Unimplemented',
  'Internal',
  'Unavailable',
  'DataLoss',
  'Unauthenticated',
] as const;

/** The decision of Service Control's filter: other filters' replies and the backend's count as OK. */
function statusCode(record: ReportRecord): number {
  if (!record.responseCodeDetails.startsWith('service_control_')) return RpcCode.OK;
  return record.statusCode ?? httpStatusToRpcCode(record.httpStatus);
}

function describeLogEntry(name: string, record: ReportRecord, context: ReportContext): LogEntryFields {
  const hasTrace = record.traceId !== '' && context.traceProjectId !== '';
  const status = responseCode(record);
  return {
    name,
    timestampMs: record.endedAtMs,
    severity: status >= 400 ? LogSeverity.ERROR : LogSeverity.INFO,
    trace: hasTrace ? `projects/${context.traceProjectId}/traces/${record.traceId}` : '',
    httpRequest: {
      requestMethod: record.httpMethod,
      requestUrl: record.url,
      requestSize: record.requestBytes,
      status,
      responseSize: record.responseBytes,
      remoteIp: record.clientIp,
      referer: record.referer,
      latencyMs: record.totalLatencyMs,
      protocol: record.frontendProtocol,
    },
    payload: payloadOf(record, context),
  };
}

function payloadOf(record: ReportRecord, context: ReportContext): Array<string | number> {
  const code = record.httpStatus === 200 && record.frontendProtocol === 'grpc' ? grpcCode(record) : undefined;
  const isFailedDecision = record.responseCodeDetails.startsWith('service_control_');
  return describePayload(
    [
      'timestamp',
      record.endedAtMs / 1000,
      'service_config_id',
      context.configId,
      'service_agent',
      context.serviceAgent,
      'api_key_state',
      keyStateNames[record.apiKeyState],
      'http_status_code',
      record.httpStatus,
    ],
    [
      'response_code_detail',
      record.responseCodeDetails,
      'producer_project_id',
      context.producerProjectId,
      'api_key',
      record.apiKey,
      'api_name',
      record.apiName,
      'api_version',
      record.apiVersion,
      'api_method',
      record.operationName,
      'location',
      context.location,
      'log_message',
      `${record.operationName} is called`,
      'request_headers',
      loggedHeaders(context.logRequestHeaders, record.requestHeaders),
      'response_headers',
      loggedHeaders(context.logResponseHeaders, record.responseHeaders),
      'jwt_payloads',
      record.jwtPayloads,
      'error_cause',
      isFailedDecision ? record.errorMessage : '',
      'grpc_status_code',
      code === undefined ? '' : envoyStatusNames[code],
    ],
  );
}
