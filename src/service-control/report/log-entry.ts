import type { LogSeverity } from '../../gen/google/logging/type/log_severity_pb.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** A log entry as a dialect describes it. Empty strings are absent values, except where the payload lists them. */
export interface LogEntryFields {
  readonly name: string;
  readonly timestampMs: number;
  readonly severity: LogSeverity;
  readonly trace: string;
  readonly httpRequest: LogHttpRequest | undefined;
  /** The structured payload as key, value, key, value … */
  readonly payload: ReadonlyArray<string | number>;
}

/** google.api.servicecontrol.v1.HttpRequest, as far as proxies fill it. Sizes in bytes; a negative latency is absent. */
export interface LogHttpRequest {
  readonly requestMethod: string;
  readonly requestUrl: string;
  readonly requestSize: number;
  readonly status: number;
  readonly responseSize: number;
  readonly remoteIp: string;
  readonly referer: string;
  readonly latencyMs: number;
  readonly protocol: string;
}

/** A payload: `always` as it is, and of `texts` (key, value, …) those that are not empty. */
export function describePayload(
  always: Array<string | number>,
  texts: readonly string[],
): Array<string | number> {
  for (let i = 0; i < texts.length; i += 2) {
    const value = texts[i + 1];
    if (value !== undefined && value !== '') always.push(texts[i] ?? '', value);
  }
  return always;
}

/** Field numbers of google.api.servicecontrol.v1.LogEntry and HttpRequest, google.protobuf.Struct, Value and Timestamp. */
const entryField = {
  name: 10,
  timestamp: 11,
  severity: 12,
  httpRequest: 14,
  trace: 15,
  structPayload: 6,
} as const;
const httpField = {
  requestMethod: 1,
  requestUrl: 2,
  requestSize: 3,
  status: 4,
  responseSize: 5,
  remoteIp: 7,
  referer: 8,
  latency: 14,
  protocol: 15,
} as const;
const structFields = 1;
const mapField = { key: 1, value: 2 } as const;
const valueField = { number: 2, string: 3 } as const;
const timeField = { seconds: 1, nanos: 2 } as const;

/** Writes an entry as field `field` of the message that is being written. */
export function writeLogEntry(writer: ProtoWriter, field: number, entry: LogEntryFields): void {
  const start = writer.begin(field);
  writePayload(writer, entry.payload);
  writer.text(entryField.name, entry.name);
  writeTime(writer, entryField.timestamp, entry.timestampMs);
  writer.int(entryField.severity, entry.severity);
  if (entry.httpRequest !== undefined) writeHttpRequest(writer, entry.httpRequest);
  writer.text(entryField.trace, entry.trace);
  writer.end(start);
}

function writePayload(writer: ProtoWriter, payload: LogEntryFields['payload']): void {
  const start = writer.begin(entryField.structPayload);
  for (let i = 0; i < payload.length; i += 2) {
    const value = payload[i + 1] as string | number;
    const item = writer.begin(structFields);
    writer.text(mapField.key, String(payload[i]));
    const inner = writer.begin(mapField.value);
    if (typeof value === 'number') writer.double(valueField.number, value);
    else writer.oneofText(valueField.string, value);
    writer.end(inner);
    writer.end(item);
  }
  writer.end(start);
}

function writeHttpRequest(writer: ProtoWriter, request: LogHttpRequest): void {
  const start = writer.begin(entryField.httpRequest);
  writer.text(httpField.requestMethod, request.requestMethod);
  writer.text(httpField.requestUrl, request.requestUrl);
  writer.int(httpField.requestSize, request.requestSize);
  writer.int(httpField.status, request.status);
  writer.int(httpField.responseSize, request.responseSize);
  writer.text(httpField.remoteIp, request.remoteIp);
  writer.text(httpField.referer, request.referer);
  if (request.latencyMs >= 0) writeTime(writer, httpField.latency, request.latencyMs);
  writer.text(httpField.protocol, request.protocol);
  writer.end(start);
}

/** Timestamp and Duration have the same fields. */
function writeTime(writer: ProtoWriter, field: number, ms: number): void {
  const seconds = Math.floor(ms / 1000);
  const start = writer.begin(field);
  writer.int(timeField.seconds, seconds);
  writer.int(timeField.nanos, Math.min(999_999_999, Math.round((ms - seconds * 1000) * 1e6)));
  writer.end(start);
}
