import { create, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { Distribution } from '../../gen/google/api/servicecontrol/v1/distribution_pb.ts';
import {
  MetricValueSetSchema,
  type MetricValueSet,
} from '../../gen/google/api/servicecontrol/v1/metric_value_pb.ts';
import { OperationSchema } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import { systemLabels } from '../labels.ts';
import type { ReportRecord } from '../service-controller.ts';
import { DistributionAccumulator } from './distribution.ts';
import { writeLogEntry } from './log-entry.ts';
import {
  counterValues,
  distributionSamples,
  isCounter,
  type CounterMeasure,
  type DistributionMeasure,
} from './measures.ts';
import type { ProtoWriter } from './proto-writer.ts';
import type { ReportMetric } from './report-dialect.ts';
import type { ReportPlan } from './report-plan.ts';
import { unknownOperation } from './report-texts.ts';

/**
 * Records of one signature on their way into one operation, or two when the consumer's project is known: the second one
 * has the same labels and numbers, so one sum serves both.
 */
export class ReportAggregate {
  readonly plan: ReportPlan;
  /** Monotonic ms. */
  readonly createdAtMs: number;
  readonly #first: ReportRecord;
  readonly #labelValues: readonly string[];
  readonly #records: ReportRecord[] = [];
  readonly #counters = new Map<CounterMeasure, number>();
  readonly #distributions = new Map<DistributionMeasure, DistributionAccumulator>();
  #startMs = Infinity;
  #endMs = -Infinity;
  #logBytes = 0;

  constructor(plan: ReportPlan, first: ReportRecord, labelValues: readonly string[], createdAtMs: number) {
    this.plan = plan;
    this.#first = first;
    this.#labelValues = labelValues;
    this.createdAtMs = createdAtMs;
    if (first.operationName === unknownOperation && !plan.dialect.countsUnknownOperations) return;
    for (const { measure } of [...plan.metrics, ...plan.byConsumerMetrics]) {
      if (isCounter(measure)) this.#counters.set(measure, 0);
      else if (!this.#distributions.has(measure))
        this.#distributions.set(measure, new DistributionAccumulator(distributionSamples[measure].buckets));
    }
  }

  /** Records whose log entries wait here. */
  get logRecords(): number {
    return this.#records.length;
  }

  /** Roughly what the log entries will weigh. */
  get logBytes(): number {
    return this.#logBytes;
  }

  add(record: ReportRecord): void {
    this.#startMs = Math.min(this.#startMs, record.endedAtMs);
    this.#endMs = Math.max(this.#endMs, record.endedAtMs);
    for (const [measure, sum] of this.#counters)
      this.#counters.set(measure, sum + counterValues[measure](record));
    for (const [measure, accumulator] of this.#distributions) {
      const sample = distributionSamples[measure].sample(record, this.plan.dialect);
      if (sample >= 0) accumulator.add(sample);
    }
    if (this.plan.logNames.length === 0) return;
    this.#records.push(record);
    this.#logBytes += estimateLogBytes(record);
  }

  /** The operations with a fresh id, serialized. */
  serialize(operationId: string, writer: ProtoWriter): Uint8Array[] {
    const { plan } = this;
    const record = this.#first;
    const labels = this.#labels();
    const base = {
      operationName: record.operationName,
      consumerId: plan.dialect.consumerId(record, plan.context),
      startTime: timestampFromMs(this.#startMs),
      endTime: timestampFromMs(this.#endMs),
    };
    const sendsConsumer = plan.dialect.sendsConsumerMetrics(record);
    const metrics = plan.metrics.filter((metric) => sendsConsumer || metric.scope !== 'consumer');
    const first = create(OperationSchema, {
      ...base,
      operationId,
      labels,
      metricValueSets: this.#metricSets(metrics),
    });
    writer.raw(toBinary(OperationSchema, first));
    // The entries are most of the bytes and of the work: they are written behind the rest without becoming messages.
    for (const name of plan.logNames)
      for (const entry of this.#records)
        writeLogEntry(writer, logEntriesField, plan.dialect.describeLogEntry(name, entry, plan.context));
    const operations = [writer.take()];
    const projectNumber = record.consumer?.projectNumber ?? '';
    const metricValueSets = this.#metricSets(plan.byConsumerMetrics);
    if (projectNumber === '' || metricValueSets.length === 0) return operations;
    const second = create(OperationSchema, {
      ...base,
      operationId: `${operationId}1`,
      labels: { ...labels, [systemLabels.consumerProject]: projectNumber },
      metricValueSets,
    });
    return [...operations, toBinary(OperationSchema, second)];
  }

  #labels(): Record<string, string> {
    const labels: Record<string, string> = {};
    this.plan.labels.forEach((label, index) => {
      const value = this.#labelValues[index];
      if (value !== undefined && value !== '') labels[label.name] = value;
    });
    return labels;
  }

  #metricSets(metrics: readonly ReportMetric[]): MetricValueSet[] {
    const sets: MetricValueSet[] = [];
    for (const { name, measure } of metrics) {
      if (isCounter(measure)) {
        const sum = this.#counters.get(measure) ?? 0;
        if (sum > 0) sets.push(metricSet(name, { case: 'int64Value', value: BigInt(sum) }));
        continue;
      }
      const accumulator = this.#distributions.get(measure);
      if (accumulator !== undefined && accumulator.count > 0)
        sets.push(metricSet(name, { case: 'distributionValue', value: accumulator.toMessage() }));
    }
    return sets;
  }
}

/** Label values of a record, in the plan's order. */
export function labelValues(plan: ReportPlan, record: ReportRecord): string[] {
  return plan.labels.map((label) => label.value(record, plan.context));
}

/** What tells records apart that must not be added up. Source: service-control-client-cxx operation signature. */
export function reportKey(plan: ReportPlan, record: ReportRecord, values: readonly string[]): string {
  const { dialect, context } = plan;
  let key = `${context.configId}\0${record.operationName}\0${dialect.consumerId(record, context)}\0${record.consumer?.projectNumber ?? ''}\0`;
  key += dialect.sendsConsumerMetrics(record) ? '1' : '0';
  for (const value of values) key += `\0${value}`;
  return key;
}

function metricSet(
  metricName: string,
  value: { case: 'int64Value'; value: bigint } | { case: 'distributionValue'; value: Distribution },
): MetricValueSet {
  return create(MetricValueSetSchema, { metricName, metricValues: [{ value }] });
}

/** Field number of google.api.servicecontrol.v1.Operation.log_entries. */
const logEntriesField = 8;

/** Names, numbers and framing of a log entry, besides the texts of the request. */
const fixedLogBytes = 700;

function estimateLogBytes(record: ReportRecord): number {
  let bytes =
    fixedLogBytes +
    2 * record.url.length +
    2 * record.operationName.length +
    record.referer.length +
    record.errorMessage.length +
    record.responseCodeDetails.length +
    record.jwtPayloads.length;
  for (const text of record.requestHeaders) bytes += text.length;
  for (const text of record.responseHeaders) bytes += text.length;
  return bytes;
}
