import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Generated, Selectable } from 'kysely';
import {
  Rollout_RolloutStatus,
  RolloutSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { toPage } from '../page.ts';
import type { RolloutRecord, RolloutStore } from '../rollouts.ts';
import { splitDailyId } from './daily-id.ts';
import type { SqliteContext } from './sqlite-context.ts';

/** Tables of {@link createRollouts}. */
export interface RolloutTables {
  rollouts: {
    /** Grows with every insert: the order of age. */
    ordinal: Generated<number>;
    service_name: string;
    rollout_id: string;
    day: string | null;
    day_counter: number | null;
    created_at_ms: number;
    /** Number of the Rollout.RolloutStatus. */
    status: number;
    /** Name of the strategy's field, '' for none. */
    strategy: string;
    /** google.api.servicemanagement.v1.Rollout. */
    rollout: Uint8Array;
  };
}

/** {@link RolloutStore} on SQLite. */
export function createRollouts({ db }: SqliteContext): RolloutStore {
  return {
    async insert(record) {
      const result = await db
        .insertInto('rollouts')
        .values({
          service_name: record.serviceName,
          rollout_id: record.rolloutId,
          ...splitDailyId(record.rolloutId),
          created_at_ms: record.createdAtMs,
          status: record.rollout.status,
          strategy: record.rollout.strategy.case ?? '',
          rollout: toBinary(RolloutSchema, record.rollout),
        })
        .onConflict((conflict) => conflict.columns(['service_name', 'rollout_id']).doNothing())
        .executeTakeFirstOrThrow();
      return result.numInsertedOrUpdatedRows === 1n;
    },

    async get(serviceName, rolloutId) {
      const row = await db
        .selectFrom('rollouts')
        .selectAll()
        .where('service_name', '=', serviceName)
        .where('rollout_id', '=', rolloutId)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    async active(serviceName) {
      const row = await db
        .selectFrom('rollouts')
        .selectAll()
        .where('service_name', '=', serviceName)
        .where('status', '=', Rollout_RolloutStatus.SUCCESS)
        .orderBy('ordinal', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    async list(serviceName, { after, limit, status, strategy }) {
      const rows = await db
        .selectFrom('rollouts')
        .selectAll()
        .where('service_name', '=', serviceName)
        .$if(status !== undefined, (query) => query.where('status', '=', Number(status)))
        .$if(strategy !== undefined, (query) => query.where('strategy', '=', strategy ?? ''))
        .$if(after !== undefined, (query) => query.where('ordinal', '<', Number(after)))
        .orderBy('ordinal', 'desc')
        .limit(limit + 1)
        .execute();
      const page = toPage(rows, limit, (row) => String(row.ordinal));
      return { ...page, records: page.records.map(toRecord) };
    },

    async nextCounter(serviceName, day) {
      const row = await db
        .selectFrom('rollouts')
        .select((expression) => expression.fn.max<number | null>('day_counter').as('last'))
        .where('service_name', '=', serviceName)
        .where('day', '=', day)
        .executeTakeFirstOrThrow();
      return (row.last ?? -1) + 1;
    },

    async prune(serviceName, keep, keepSuccessful) {
      const newest = db
        .selectFrom('rollouts')
        .select('ordinal')
        .where('service_name', '=', serviceName)
        .orderBy('ordinal', 'desc');
      const result = await db
        .deleteFrom('rollouts')
        .where('service_name', '=', serviceName)
        .where('ordinal', 'not in', newest.limit(keep))
        .where(
          'ordinal',
          'not in',
          newest.where('status', '=', Rollout_RolloutStatus.SUCCESS).limit(keepSuccessful),
        )
        .executeTakeFirstOrThrow();
      return Number(result.numDeletedRows);
    },
  };
}

function toRecord(row: Selectable<RolloutTables['rollouts']>): RolloutRecord {
  return {
    serviceName: row.service_name,
    rolloutId: row.rollout_id,
    createdAtMs: row.created_at_ms,
    rollout: fromBinary(RolloutSchema, row.rollout),
  };
}
