import { createHash } from 'node:crypto';
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { SelectQueryBuilder } from 'kysely';
import { DistributionSchema } from '../../gen/google/api/servicecontrol/v1/distribution_pb.ts';
import { addUsage } from '../usage-value.ts';
import {
  usageStepsMs,
  type UsageDelta,
  type UsagePoint,
  type UsageQuery,
  type UsageSeries,
  type UsageStore,
  type UsageValue,
} from '../usage.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface UsageSeriesRow {
  /** Hash of all that follows. */
  readonly series_key: string;
  readonly service_name: string;
  readonly metric: string;
  readonly consumer_project: string;
  readonly method: string;
  readonly version: string;
  readonly location: string;
  /** JSON object with sorted keys. */
  readonly labels: string;
}

interface UsagePointRow {
  readonly series_key: string;
  readonly step_ms: number;
  readonly start_ms: number;
  /** Decimal digits, or a number, or google.api.servicecontrol.v1.Distribution: one of the three. */
  readonly int_value: string | null;
  readonly double_value: number | null;
  readonly distribution_value: Uint8Array | null;
}

interface ReportedOperationRow {
  readonly service_name: string;
  readonly operation_id: string;
  readonly reported_at_ms: number;
}

export interface UsageTables {
  readonly usage_series: UsageSeriesRow;
  readonly usage_points: UsagePointRow;
  readonly reported_operations: ReportedOperationRow;
}

const defaultMaxPoints = 100_000;

/** {@link UsageStore} on SQLite. */
export function createUsage({ db }: SqliteContext): UsageStore {
  const addPoint = async (seriesKey: string, stepMs: number, point: UsagePoint): Promise<void> => {
    const known = await db
      .selectFrom('usage_points')
      .selectAll()
      .where('series_key', '=', seriesKey)
      .where('step_ms', '=', stepMs)
      .where('start_ms', '=', point.startMs)
      .executeTakeFirst();
    const columns = toColumns(known === undefined ? point.value : addUsage(toValue(known), point.value));
    await db
      .insertInto('usage_points')
      .values({ series_key: seriesKey, step_ms: stepMs, start_ms: point.startMs, ...columns })
      .onConflict((conflict) => conflict.columns(['series_key', 'step_ms', 'start_ms']).doUpdateSet(columns))
      .execute();
  };
  return {
    async record(deltas) {
      const { series, points } = merge(deltas);
      for (const row of series.values())
        await db
          .insertInto('usage_series')
          .values(row)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      for (const { seriesKey, stepMs, startMs, value } of points.values())
        await addPoint(seriesKey, stepMs, { startMs, value });
    },
    async query(query, maxPoints = defaultMaxPoints) {
      const rows = await select(db.selectFrom('usage_series'), query)
        .innerJoin('usage_points', 'usage_points.series_key', 'usage_series.series_key')
        .selectAll('usage_series')
        .select(['start_ms', 'int_value', 'double_value', 'distribution_value'])
        .where('step_ms', '=', query.stepMs)
        .where('start_ms', '>=', query.fromMs)
        .where('start_ms', '<', query.untilMs)
        .orderBy('usage_series.series_key')
        .orderBy('start_ms')
        .limit(maxPoints + 1)
        .execute();
      if (rows.length > maxPoints) throw new RangeError(`more than ${maxPoints} points match`);
      const groups = Map.groupBy(rows, (row) => row.series_key);
      return [...groups.values()].map((group) => ({
        // A group has at least one row.
        ...toSeries(group[0] as UsageSeriesRow),
        points: group.map((row) => ({ startMs: row.start_ms, value: toValue(row) })),
      }));
    },
    async listSeries(query) {
      const rows = await select(db.selectFrom('usage_series'), query)
        .selectAll()
        .orderBy('series_key')
        .execute();
      return rows.map(toSeries);
    },
    async claimOperations(serviceName, operationIds, nowMs) {
      const fresh = new Set<string>();
      for (const operationId of operationIds) {
        const result = await db
          .insertInto('reported_operations')
          .values({ service_name: serviceName, operation_id: operationId, reported_at_ms: nowMs })
          .onConflict((conflict) => conflict.doNothing())
          .executeTakeFirst();
        if (result.numInsertedOrUpdatedRows === 1n) fresh.add(operationId);
      }
      return fresh;
    },
    async prune(before) {
      let pruned = 0n;
      const limits = [
        [usageStepsMs.minute, before.minutesMs],
        [usageStepsMs.hour, before.hoursMs],
      ] as const;
      for (const [stepMs, beforeMs] of limits) {
        const result = await db
          .deleteFrom('usage_points')
          .where('step_ms', '=', stepMs)
          .where('start_ms', '<', beforeMs)
          .executeTakeFirst();
        pruned += result.numDeletedRows;
      }
      await db
        .deleteFrom('usage_series')
        .where((e) =>
          e.not(
            e.exists(
              e
                .selectFrom('usage_points')
                .select('start_ms')
                .whereRef('usage_points.series_key', '=', 'usage_series.series_key'),
            ),
          ),
        )
        .execute();
      const claims = await db
        .deleteFrom('reported_operations')
        .where('reported_at_ms', '<', before.claimsMs)
        .executeTakeFirst();
      return Number(pruned + claims.numDeletedRows);
    },
  };
}

function select<O>(
  from: SelectQueryBuilder<UsageTables, 'usage_series', O>,
  query: Pick<UsageQuery, 'serviceNames' | 'metric' | 'metricPrefix' | 'consumerProject' | 'method'>,
): SelectQueryBuilder<UsageTables, 'usage_series', O> {
  let selected = from;
  if (query.serviceNames !== undefined) selected = selected.where('service_name', 'in', query.serviceNames);
  if (query.metric !== undefined) selected = selected.where('metric', '=', query.metric);
  const prefix = query.metricPrefix;
  if (prefix !== undefined)
    selected = selected.where((e) =>
      e(e.fn('substr', ['metric', e.lit(1), e.lit(prefix.length)]), '=', prefix),
    );
  if (query.consumerProject !== undefined)
    selected = selected.where('consumer_project', '=', query.consumerProject);
  if (query.method !== undefined) selected = selected.where('method', '=', query.method);
  return selected;
}

interface PendingPoint extends UsagePoint {
  readonly seriesKey: string;
  readonly stepMs: number;
}

/** Fewer rows to touch: one per series, step and start. */
function merge(deltas: readonly UsageDelta[]): {
  series: Map<string, UsageSeriesRow>;
  points: Map<string, PendingPoint>;
} {
  const series = new Map<string, UsageSeriesRow>();
  const points = new Map<string, PendingPoint>();
  for (const delta of deltas) {
    const row = toSeriesRow(delta);
    series.set(row.series_key, row);
    for (const stepMs of Object.values(usageStepsMs)) {
      const startMs = delta.atMs - (delta.atMs % stepMs);
      const key = `${row.series_key} ${stepMs} ${startMs}`;
      const known = points.get(key);
      const value = known === undefined ? delta.value : addUsage(known.value, delta.value);
      points.set(key, { seriesKey: row.series_key, stepMs, startMs, value });
    }
  }
  return { series, points };
}

function toSeriesRow(series: UsageSeries): UsageSeriesRow {
  const sorted = Object.entries(series.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  const labels = JSON.stringify(Object.fromEntries(sorted));
  const identity = [
    series.serviceName,
    series.metric,
    series.consumerProject,
    series.method,
    series.version,
    series.location,
    labels,
  ];
  return {
    series_key: createHash('sha256').update(JSON.stringify(identity)).digest('base64url'),
    service_name: series.serviceName,
    metric: series.metric,
    consumer_project: series.consumerProject,
    method: series.method,
    version: series.version,
    location: series.location,
    labels,
  };
}

function toSeries(row: UsageSeriesRow): UsageSeries {
  return {
    serviceName: row.service_name,
    metric: row.metric,
    consumerProject: row.consumer_project,
    method: row.method,
    version: row.version,
    location: row.location,
    // Written by toSeriesRow.
    labels: JSON.parse(row.labels) as Record<string, string>,
  };
}

type ValueColumns = Pick<UsagePointRow, 'int_value' | 'double_value' | 'distribution_value'>;

function toColumns(value: UsageValue): ValueColumns {
  return {
    int_value: value.kind === 'int64' ? value.value.toString() : null,
    double_value: value.kind === 'double' ? value.value : null,
    distribution_value: value.kind === 'distribution' ? toBinary(DistributionSchema, value.value) : null,
  };
}

function toValue(row: ValueColumns): UsageValue {
  if (row.int_value !== null) return { kind: 'int64', value: BigInt(row.int_value) };
  if (row.double_value !== null) return { kind: 'double', value: row.double_value };
  if (row.distribution_value === null) throw new TypeError('a usage point has no value');
  return { kind: 'distribution', value: fromBinary(DistributionSchema, row.distribution_value) };
}
