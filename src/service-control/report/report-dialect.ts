import type { ReportRecord } from '../service-controller.ts';
import type { LogEntryFields } from './log-entry.ts';
import type { Measure } from './measures.ts';

/** What the reports of one proxy have in common. Empty strings are absent values. */
export interface ReportContext {
  readonly serviceName: string;
  readonly configId: string;
  readonly producerProjectId: string;
  /** Zone or region; '' when not known. */
  readonly location: string;
  /** Label platform, final text; '' takes the dialect's word for unknown. */
  readonly platform: string;
  readonly userAgent: string;
  readonly serviceAgent: string;
  /** Project of the traces that log entries point to; '' leaves the pointer out. */
  readonly traceProjectId: string;
  /** `--service_control_enable_api_key_uid_reporting`: the server's key id instead of the key. */
  readonly reportsApiKeyUid: boolean;
  /** One word for the whole service where ESPv2 wants it; '' takes each record's own. */
  readonly backendProtocol: 'http' | 'grpc' | '';
  /** Header names as the flags spell them. */
  readonly logRequestHeaders: readonly string[];
  readonly logResponseHeaders: readonly string[];
}

/** Which operation of a report a metric belongs to; `consumer` metrics ride in the first, if the caller is known. */
export type MetricScope = 'consumer' | 'producer' | 'byConsumer';

/** One metric that the proxy can send. */
export interface ReportMetric {
  /** Full name. */
  readonly name: string;
  readonly scope: MetricScope;
  readonly measure: Measure;
}

/** One label that the proxy can set; '' leaves it out. */
export interface ReportLabel {
  readonly name: string;
  /** `declared`: only if the service config declares it. */
  readonly kind: 'declared' | 'always';
  readonly value: (record: ReportRecord, context: ReportContext) => string;
}

/** The report as one generation of the proxy writes it. Tables in the order of the wire. */
export interface ReportDialect {
  readonly metrics: readonly ReportMetric[];
  readonly labels: readonly ReportLabel[];
  /** Metrics for requests that matched no operation. */
  readonly countsUnknownOperations: boolean;
  /** `api_key:…`, `project:…` or ''. */
  consumerId(record: ReportRecord, context: ReportContext): string;
  sendsConsumerMetrics(record: ReportRecord): boolean;
  /** Milliseconds; negative leaves the metric out. */
  backendLatencyMs(record: ReportRecord): number;
  overheadLatencyMs(record: ReportRecord): number;
  describeLogEntry(name: string, record: ReportRecord, context: ReportContext): LogEntryFields;
}
