import { sql } from 'kysely';
import type { QuotaOverrideKind, QuotaOverrideRecord, QuotaStore } from '../quota.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface QuotaCounterRow {
  readonly service_name: string;
  readonly project_number: string;
  readonly metric: string;
  readonly window_ms: number;
  readonly window_start_ms: number;
  readonly spent: number;
}

interface QuotaOverrideRow {
  readonly service_name: string;
  readonly project_number: string;
  readonly metric: string;
  readonly unit: string;
  readonly kind: QuotaOverrideKind;
  readonly override_id: string;
  /** Decimal digits: an int64 that a JavaScript number may not hold. */
  readonly value: string;
  readonly created_at_ms: number;
}

export interface QuotaTables {
  readonly quota_counters: QuotaCounterRow;
  readonly quota_overrides: QuotaOverrideRow;
}

/** {@link QuotaStore} on SQLite. */
export function createQuota({ db }: SqliteContext): QuotaStore {
  return {
    async spent(key) {
      const row = await db
        .selectFrom('quota_counters')
        .select('spent')
        .where('service_name', '=', key.serviceName)
        .where('project_number', '=', key.projectNumber)
        .where('metric', '=', key.metric)
        .where('window_ms', '=', key.windowMs)
        .where('window_start_ms', '=', key.windowStartMs)
        .executeTakeFirst();
      return row?.spent ?? 0;
    },
    async spend(key, amount) {
      await db
        .insertInto('quota_counters')
        .values({
          service_name: key.serviceName,
          project_number: key.projectNumber,
          metric: key.metric,
          window_ms: key.windowMs,
          window_start_ms: key.windowStartMs,
          spent: Math.max(0, amount),
        })
        .onConflict((conflict) =>
          conflict
            .columns(['service_name', 'project_number', 'metric', 'window_ms', 'window_start_ms'])
            .doUpdateSet({ spent: sql<number>`max(0, quota_counters.spent + ${amount})` }),
        )
        .execute();
    },
    async pruneCounters(startedBeforeMs) {
      const result = await db
        .deleteFrom('quota_counters')
        .where('window_start_ms', '<', startedBeforeMs)
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    async listOverrides(serviceName, projectNumber) {
      const rows = await db
        .selectFrom('quota_overrides')
        .selectAll()
        .where('service_name', '=', serviceName)
        .where('project_number', '=', projectNumber)
        .orderBy('metric')
        .orderBy('unit')
        .orderBy('kind')
        .execute();
      return rows.map(fromRow);
    },
    async putOverride(record) {
      const row = toRow(record);
      await db
        .insertInto('quota_overrides')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['service_name', 'project_number', 'metric', 'unit', 'kind']).doUpdateSet({
            override_id: row.override_id,
            value: row.value,
            created_at_ms: row.created_at_ms,
          }),
        )
        .execute();
    },
    async deleteOverride(key) {
      const result = await db
        .deleteFrom('quota_overrides')
        .where('service_name', '=', key.serviceName)
        .where('project_number', '=', key.projectNumber)
        .where('metric', '=', key.metric)
        .where('unit', '=', key.unit)
        .where('kind', '=', key.kind)
        .executeTakeFirst();
      return result.numDeletedRows > 0n;
    },
  };
}

function toRow(record: QuotaOverrideRecord): QuotaOverrideRow {
  return {
    service_name: record.serviceName,
    project_number: record.projectNumber,
    metric: record.metric,
    unit: record.unit,
    kind: record.kind,
    override_id: record.overrideId,
    value: record.value.toString(),
    created_at_ms: record.createdAtMs,
  };
}

function fromRow(row: QuotaOverrideRow): QuotaOverrideRecord {
  return {
    overrideId: row.override_id,
    kind: row.kind,
    serviceName: row.service_name,
    projectNumber: row.project_number,
    metric: row.metric,
    unit: row.unit,
    value: BigInt(row.value),
    createdAtMs: row.created_at_ms,
  };
}
