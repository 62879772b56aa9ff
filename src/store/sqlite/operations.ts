import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import { operationStatus } from '../operations.ts';
import type { OperationApi, OperationRecord, OperationStatus, OperationStore } from '../operations.ts';
import { toPage } from '../page.ts';
import type { SecretBox } from '../secret-box.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface OperationRow {
  readonly name: string;
  readonly api: OperationApi;
  readonly resource: string;
  readonly status: OperationStatus;
  readonly started_at_ms: number;
  readonly operation_sealed: Uint8Array;
}

export interface OperationTables {
  readonly operations: OperationRow;
}

/** {@link OperationStore} on SQLite. */
export function createOperations({ db, box }: SqliteContext): OperationStore {
  return {
    async insert(record) {
      const result = await db
        .insertInto('operations')
        .values(toRow(record, box))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async get(name) {
      const row = await db.selectFrom('operations').selectAll().where('name', '=', name).executeTakeFirst();
      return row && fromRow(row, box);
    },
    async update(name, operation) {
      const result = await db
        .updateTable('operations')
        .set({ status: operationStatus(operation), operation_sealed: seal(name, operation, box) })
        .where('name', '=', name)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async list(filter, { limit, after }) {
      const { statuses, doneOrStartedSinceMs: sinceMs } = filter;
      const from = after === undefined ? undefined : parseSortKey(after);
      const rows = await db
        .selectFrom('operations')
        .selectAll()
        .where('api', '=', filter.api)
        .where('resource', '=', filter.resource)
        .$if(statuses !== undefined, (query) => query.where('status', 'in', statuses ?? []))
        .$if(sinceMs !== undefined, (query) =>
          query.where((e) =>
            e.or([e('status', '!=', 'in_progress'), e('started_at_ms', '>=', sinceMs ?? 0)]),
          ),
        )
        .$if(from !== undefined, (query) =>
          query.where((e) =>
            e(e.refTuple('started_at_ms', 'name'), '<', e.tuple(from?.startedAtMs ?? 0, from?.name ?? '')),
          ),
        )
        .orderBy('started_at_ms', 'desc')
        .orderBy('name', 'desc')
        .limit(limit + 1)
        .execute();
      return toPage(
        rows.map((row) => fromRow(row, box)),
        limit,
        (record) => `${record.startedAtMs} ${record.name}`,
      );
    },
    async count(api, resource, namePrefix) {
      const row = await db
        .selectFrom('operations')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('api', '=', api)
        .where('resource', '=', resource)
        .where((e) => e(e.fn('substr', ['name', e.lit(1), e.lit(namePrefix.length)]), '=', namePrefix))
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async prune(startedBeforeMs) {
      const result = await db
        .deleteFrom('operations')
        .where('started_at_ms', '<', startedBeforeMs)
        .where('status', '!=', 'in_progress')
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
  };
}

function parseSortKey(key: string): { startedAtMs: number; name: string } {
  const space = key.indexOf(' ');
  return { startedAtMs: Number(key.slice(0, space)), name: key.slice(space + 1) };
}

function toRow(record: OperationRecord, box: SecretBox): OperationRow {
  return {
    name: record.name,
    api: record.api,
    resource: record.resource,
    status: operationStatus(record.operation),
    started_at_ms: record.startedAtMs,
    operation_sealed: seal(record.name, record.operation, box),
  };
}

function fromRow(row: OperationRow, box: SecretBox): OperationRecord {
  return {
    name: row.name,
    api: row.api,
    resource: row.resource,
    startedAtMs: row.started_at_ms,
    operation: fromBinary(OperationSchema, box.open(place(row.name), row.operation_sealed)),
  };
}

function seal(name: string, operation: Operation, box: SecretBox): Uint8Array {
  return box.seal(place(name), toBinary(OperationSchema, operation));
}

function place(name: string): string {
  return `operations/${name}`;
}
