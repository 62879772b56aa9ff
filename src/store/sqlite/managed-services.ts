import type { Selectable } from 'kysely';
import type { ManagedServiceRecord, ManagedServiceStore } from '../managed-services.ts';
import { toPage } from '../page.ts';
import type { SqliteContext } from './sqlite-context.ts';

/** Tables of {@link createManagedServices}. */
export interface ManagedServiceTables {
  managed_services: {
    service_name: string;
    producer_project_id: string;
    created_at_ms: number;
    deleted_at_ms: number | null;
  };
}

/** {@link ManagedServiceStore} on SQLite. */
export function createManagedServices({ db }: SqliteContext): ManagedServiceStore {
  return {
    async insert(record) {
      const result = await db
        .insertInto('managed_services')
        .values({
          service_name: record.serviceName,
          producer_project_id: record.producerProjectId,
          created_at_ms: record.createdAtMs,
          deleted_at_ms: record.deletedAtMs ?? null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirstOrThrow();
      return result.numInsertedOrUpdatedRows === 1n;
    },

    async get(serviceName) {
      const row = await db
        .selectFrom('managed_services')
        .selectAll()
        .where('service_name', '=', serviceName)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    async list({ producerProjectId, after, limit }) {
      const rows = await db
        .selectFrom('managed_services')
        .selectAll()
        .where('deleted_at_ms', 'is', null)
        .$if(producerProjectId !== undefined, (query) =>
          query.where('producer_project_id', '=', producerProjectId ?? ''),
        )
        .$if(after !== undefined, (query) => query.where('service_name', '>', after ?? ''))
        .orderBy('service_name')
        .limit(limit + 1)
        .execute();
      return toPage(rows.map(toRecord), limit, (record) => record.serviceName);
    },

    async count(producerProjectId) {
      const row = await db
        .selectFrom('managed_services')
        .select((expression) => expression.fn.countAll<number>().as('services'))
        .where('producer_project_id', '=', producerProjectId)
        .where('deleted_at_ms', 'is', null)
        .executeTakeFirstOrThrow();
      return row.services;
    },

    async setDeleted(serviceName, deletedAtMs) {
      const result = await db
        .updateTable('managed_services')
        .set({ deleted_at_ms: deletedAtMs ?? null })
        .where('service_name', '=', serviceName)
        .executeTakeFirstOrThrow();
      return result.numUpdatedRows === 1n;
    },

    async listDeleted(deletedBeforeMs, limit) {
      const rows = await db
        .selectFrom('managed_services')
        .select('service_name')
        .where('deleted_at_ms', '<', deletedBeforeMs)
        .orderBy('deleted_at_ms')
        .limit(limit)
        .execute();
      return rows.map((row) => row.service_name);
    },

    async purge(serviceName) {
      const result = await db
        .deleteFrom('managed_services')
        .where('service_name', '=', serviceName)
        .executeTakeFirstOrThrow();
      return result.numDeletedRows === 1n;
    },
  };
}

function toRecord(row: Selectable<ManagedServiceTables['managed_services']>): ManagedServiceRecord {
  return {
    serviceName: row.service_name,
    producerProjectId: row.producer_project_id,
    createdAtMs: row.created_at_ms,
    ...(row.deleted_at_ms === null ? {} : { deletedAtMs: row.deleted_at_ms }),
  };
}
