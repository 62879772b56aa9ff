import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { HttpRequestSchema, type HttpRequest } from '../../gen/google/logging/type/http_request_pb.ts';
import { LogEntrySchema } from '../../gen/google/logging/v2/log_entry_pb.ts';
import type { LogEntry as ReportedLogEntry } from '../../gen/google/api/servicecontrol/v1/log_entry_pb.ts';
import type { Operation } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import type { LogRecord } from '../../store/logs.ts';

/**
 * The entries of an operation as Cloud Logging shows them: in the producer's log `<service>/<name>`, about the resource
 * `api`. Source: service-infrastructure §3.7.
 */
export function toLogRecords(
  operation: Operation,
  service: { readonly serviceName: string; readonly producerProjectId: string },
  received: { readonly nowMs: number; readonly createId: () => string },
): LogRecord[] {
  const { serviceName, producerProjectId: projectId } = service;
  const resource = {
    type: 'api',
    labels: {
      location: operation.labels['cloud.googleapis.com/location'] ?? 'global',
      method: operation.operationName,
      project_id: projectId,
      service: serviceName,
      version: operation.labels['serviceruntime.googleapis.com/api_version'] ?? '',
    },
  };
  return operation.logEntries.map((reported) => {
    const atMs = reported.timestamp === undefined ? received.nowMs : timestampMs(reported.timestamp);
    const entry = create(LogEntrySchema, {
      logName: `projects/${projectId}/logs/${encodeURIComponent(`${serviceName}/${reported.name}`)}`,
      resource,
      timestamp: reported.timestamp ?? timestampFromMs(received.nowMs),
      receiveTimestamp: timestampFromMs(received.nowMs),
      severity: reported.severity,
      insertId: reported.insertId === '' ? received.createId() : reported.insertId,
      labels: reported.labels,
      trace: reported.trace,
      payload: toPayload(reported),
      ...(reported.httpRequest && { httpRequest: toHttpRequest(reported.httpRequest) }),
    });
    return { projectId, serviceName, method: operation.operationName, entry, timestampMs: atMs };
  });
}

function toPayload({ payload }: ReportedLogEntry) {
  switch (payload.case) {
    case 'structPayload':
      return { case: 'jsonPayload' as const, value: payload.value };
    case 'textPayload':
    case 'protoPayload':
      return payload;
    case undefined:
      return { case: undefined };
  }
  return payload satisfies never;
}

/** The two messages have the same fields under the same names. */
function toHttpRequest(reported: NonNullable<ReportedLogEntry['httpRequest']>): HttpRequest {
  const { $typeName: _name, $unknown: _unknown, ...fields } = reported;
  return create(HttpRequestSchema, fields);
}
