import type { ProjectRecord, ProjectStore } from '../projects.ts';
import { toPage } from '../page.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface ProjectRow {
  readonly project_id: string;
  readonly project_number: string;
  readonly display_name: string;
  readonly labels: string;
  readonly created_at_ms: number;
  readonly deleted_at_ms: number | null;
}

export interface ProjectTables {
  readonly projects: ProjectRow;
}

/** {@link ProjectStore} on SQLite. */
export function createProjects({ db }: SqliteContext): ProjectStore {
  return {
    async insert(record) {
      const result = await db
        .insertInto('projects')
        .values(toRow(record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async get(idOrNumber) {
      const row = await db
        .selectFrom('projects')
        .selectAll()
        .where((e) => e.or([e('project_id', '=', idOrNumber), e('project_number', '=', idOrNumber)]))
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async list({ limit, after = '' }) {
      const rows = await db
        .selectFrom('projects')
        .selectAll()
        .where('project_id', '>', after)
        .orderBy('project_id')
        .limit(limit + 1)
        .execute();
      return toPage(rows.map(fromRow), limit, (record) => record.projectId);
    },
    async update(record) {
      const { display_name, labels, deleted_at_ms } = toRow(record);
      const result = await db
        .updateTable('projects')
        .set({ display_name, labels, deleted_at_ms })
        .where('project_id', '=', record.projectId)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
  };
}

function toRow(record: ProjectRecord): ProjectRow {
  return {
    project_id: record.projectId,
    project_number: record.projectNumber,
    display_name: record.displayName,
    labels: JSON.stringify(record.labels),
    created_at_ms: record.createdAtMs,
    deleted_at_ms: record.deletedAtMs ?? null,
  };
}

function fromRow(row: ProjectRow): ProjectRecord {
  return {
    projectId: row.project_id,
    projectNumber: row.project_number,
    displayName: row.display_name,
    labels: JSON.parse(row.labels) as Record<string, string>, // Written by toRow.
    createdAtMs: row.created_at_ms,
    ...(row.deleted_at_ms === null ? {} : { deletedAtMs: row.deleted_at_ms }),
  };
}
