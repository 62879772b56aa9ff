import { fromBinary, toBinary } from '@bufbuild/protobuf';
import type { Generated, Insertable, Selectable } from 'kysely';
import { LogEntrySchema } from '../../gen/google/logging/v2/log_entry_pb.ts';
import type { LogRecord, LogStore } from '../logs.ts';
import { toPage } from '../page.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface LogEntryTable {
  /** Grows with every insert. */
  readonly ordinal: Generated<number>;
  readonly project_id: string;
  readonly log_name: string;
  readonly service_name: string;
  readonly method: string;
  readonly severity: number;
  readonly timestamp_ms: number;
  /** google.logging.v2.LogEntry. */
  readonly entry: Uint8Array;
}

export interface LogTables {
  readonly log_entries: LogEntryTable;
}

/** Most of an insert's cost is the statement, not the row. */
const rowsPerInsert = 25;

/** {@link LogStore} on SQLite. */
export function createLogs({ db }: SqliteContext): LogStore {
  return {
    async append(records) {
      for (let start = 0; start < records.length; start += rowsPerInsert)
        await db
          .insertInto('log_entries')
          .values(records.slice(start, start + rowsPerInsert).map(toRow))
          .execute();
    },
    async list(query, { limit, after }) {
      const direction = query.newestFirst === true ? 'desc' : 'asc';
      let select = db.selectFrom('log_entries').selectAll().where('project_id', 'in', query.projectIds);
      if (query.logNames !== undefined) select = select.where('log_name', 'in', query.logNames);
      if (query.serviceName !== undefined) select = select.where('service_name', '=', query.serviceName);
      if (query.method !== undefined) select = select.where('method', '=', query.method);
      if (query.minSeverity !== undefined) select = select.where('severity', '>=', query.minSeverity);
      if (query.fromMs !== undefined) select = select.where('timestamp_ms', '>=', query.fromMs);
      if (query.untilMs !== undefined) select = select.where('timestamp_ms', '<', query.untilMs);
      if (after !== undefined) {
        const from = parseSortKey(after);
        select = select.where((e) =>
          e(
            e.refTuple('timestamp_ms', 'ordinal'),
            direction === 'desc' ? '<' : '>',
            e.tuple(from.timestampMs, from.ordinal),
          ),
        );
      }
      const rows = await select
        .orderBy('timestamp_ms', direction)
        .orderBy('ordinal', direction)
        .limit(limit + 1)
        .execute();
      const page = toPage(rows, limit, (row) => `${row.timestamp_ms} ${row.ordinal}`);
      return { ...page, records: page.records.map(toRecord) };
    },
    async listLogNames(projectId) {
      const rows = await db
        .selectFrom('log_entries')
        .select('log_name')
        .distinct()
        .where('project_id', '=', projectId)
        .orderBy('log_name')
        .execute();
      return rows.map((row) => row.log_name);
    },
    async prune(beforeMs, maxEntries) {
      const old = await db.deleteFrom('log_entries').where('timestamp_ms', '<', beforeMs).executeTakeFirst();
      const newestExcess = await db
        .selectFrom('log_entries')
        .select('ordinal')
        .orderBy('ordinal', 'desc')
        .limit(1)
        .offset(maxEntries)
        .executeTakeFirst();
      if (newestExcess === undefined) return Number(old.numDeletedRows);
      const excess = await db
        .deleteFrom('log_entries')
        .where('ordinal', '<=', newestExcess.ordinal)
        .executeTakeFirst();
      return Number(old.numDeletedRows + excess.numDeletedRows);
    },
  };
}

function parseSortKey(key: string): { timestampMs: number; ordinal: number } {
  const space = key.indexOf(' ');
  return { timestampMs: Number(key.slice(0, space)), ordinal: Number(key.slice(space + 1)) };
}

function toRow(record: LogRecord): Insertable<LogEntryTable> {
  return {
    project_id: record.projectId,
    log_name: record.entry.logName,
    service_name: record.serviceName,
    method: record.method,
    severity: record.entry.severity,
    timestamp_ms: record.timestampMs,
    entry: toBinary(LogEntrySchema, record.entry),
  };
}

function toRecord(row: Selectable<LogEntryTable>): LogRecord {
  return {
    projectId: row.project_id,
    serviceName: row.service_name,
    method: row.method,
    entry: fromBinary(LogEntrySchema, row.entry),
    timestampMs: row.timestamp_ms,
  };
}
