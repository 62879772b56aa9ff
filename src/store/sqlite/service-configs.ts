import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Generated, Selectable } from 'kysely';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { SourceInfoSchema } from '../../gen/google/api/source_info_pb.ts';
import { toPage } from '../page.ts';
import type { ServiceConfigRecord, ServiceConfigStore } from '../service-configs.ts';
import { splitDailyId } from './daily-id.ts';
import type { SqliteContext } from './sqlite-context.ts';

/** Tables of {@link createServiceConfigs}. */
export interface ServiceConfigTables {
  service_configs: {
    /** Grows with every insert: the order of age. */
    ordinal: Generated<number>;
    service_name: string;
    config_id: string;
    day: string | null;
    day_counter: number | null;
    created_at_ms: number;
    /** google.api.Service without source_info. */
    service: Uint8Array;
    /** google.api.SourceInfo. */
    sources: Uint8Array | null;
  };
}

/** The columns of a record: all but the files, which may be large. */
const columns = ['ordinal', 'service_name', 'config_id', 'created_at_ms', 'service'] as const;
type Row = Pick<Selectable<ServiceConfigTables['service_configs']>, (typeof columns)[number]>;

/** {@link ServiceConfigStore} on SQLite. */
export function createServiceConfigs({ db }: SqliteContext): ServiceConfigStore {
  return {
    async insert(record, sources) {
      const result = await db
        .insertInto('service_configs')
        .values({
          service_name: record.serviceName,
          config_id: record.configId,
          ...splitDailyId(record.configId),
          created_at_ms: record.createdAtMs,
          service: toBinary(ServiceSchema, record.service),
          sources: sources === undefined ? null : toBinary(SourceInfoSchema, sources),
        })
        .onConflict((conflict) => conflict.columns(['service_name', 'config_id']).doNothing())
        .executeTakeFirstOrThrow();
      return result.numInsertedOrUpdatedRows === 1n;
    },

    async get(serviceName, configId) {
      const row = await db
        .selectFrom('service_configs')
        .select(columns)
        .where('service_name', '=', serviceName)
        .where('config_id', '=', configId)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    async latest(serviceName) {
      const row = await db
        .selectFrom('service_configs')
        .select(columns)
        .where('service_name', '=', serviceName)
        .orderBy('ordinal', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? undefined : toRecord(row);
    },

    async getSources(serviceName, configId) {
      const row = await db
        .selectFrom('service_configs')
        .select('sources')
        .where('service_name', '=', serviceName)
        .where('config_id', '=', configId)
        .executeTakeFirst();
      const sources = row?.sources ?? undefined;
      return sources === undefined ? undefined : fromBinary(SourceInfoSchema, sources);
    },

    async list(serviceName, { after, limit }) {
      const rows = await db
        .selectFrom('service_configs')
        .select(columns)
        .where('service_name', '=', serviceName)
        .$if(after !== undefined, (query) => query.where('ordinal', '<', Number(after)))
        .orderBy('ordinal', 'desc')
        .limit(limit + 1)
        .execute();
      const page = toPage(rows, limit, (row) => String(row.ordinal));
      return { ...page, records: page.records.map(toRecord) };
    },

    async nextCounter(serviceName, day) {
      const row = await db
        .selectFrom('service_configs')
        .select((expression) => expression.fn.max<number | null>('day_counter').as('last'))
        .where('service_name', '=', serviceName)
        .where('day', '=', day)
        .executeTakeFirstOrThrow();
      return (row.last ?? -1) + 1;
    },

    async prune(serviceName, keep, referenced) {
      const kept = db
        .selectFrom('service_configs')
        .select('ordinal')
        .where('service_name', '=', serviceName)
        .orderBy('ordinal', 'desc')
        .limit(keep);
      const result = await db
        .deleteFrom('service_configs')
        .where('service_name', '=', serviceName)
        .where('ordinal', 'not in', kept)
        .$if(referenced.length > 0, (query) => query.where('config_id', 'not in', referenced))
        .executeTakeFirstOrThrow();
      return Number(result.numDeletedRows);
    },
  };
}

function toRecord(row: Row): ServiceConfigRecord {
  return {
    serviceName: row.service_name,
    configId: row.config_id,
    createdAtMs: row.created_at_ms,
    service: fromBinary(ServiceSchema, row.service),
  };
}
