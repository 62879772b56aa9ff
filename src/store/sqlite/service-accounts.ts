import { toPage } from '../page.ts';
import type { ServiceAccountRecord, ServiceAccountStore } from '../service-accounts.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface ServiceAccountRow {
  readonly unique_id: string;
  readonly project_id: string;
  readonly email: string;
  readonly display_name: string;
  readonly description: string;
  readonly disabled: number;
  readonly created_at_ms: number;
  readonly deleted_at_ms: number | null;
  readonly revision: number;
}

export interface ServiceAccountTables {
  readonly service_accounts: ServiceAccountRow;
}

/** {@link ServiceAccountStore} on SQLite. */
export function createServiceAccounts({ db }: SqliteContext): ServiceAccountStore {
  return {
    async insert(record) {
      const result = await db
        .insertInto('service_accounts')
        .values(toRow(record))
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async getByEmail(email) {
      const row = await db
        .selectFrom('service_accounts')
        .selectAll()
        .where('email', '=', email)
        .where('deleted_at_ms', 'is', null)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async getByUniqueId(uniqueId) {
      const row = await db
        .selectFrom('service_accounts')
        .selectAll()
        .where('unique_id', '=', uniqueId)
        .executeTakeFirst();
      return row && fromRow(row);
    },
    async wasDeleted(email) {
      const row = await db
        .selectFrom('service_accounts')
        .select('unique_id')
        .where('email', '=', email)
        .where('deleted_at_ms', 'is not', null)
        .executeTakeFirst();
      return row !== undefined;
    },
    async list(projectId, { limit, after = '' }) {
      const rows = await db
        .selectFrom('service_accounts')
        .selectAll()
        .where('project_id', '=', projectId)
        .where('deleted_at_ms', 'is', null)
        .where('email', '>', after)
        .orderBy('email')
        .limit(limit + 1)
        .execute();
      return toPage(rows.map(fromRow), limit, (record) => record.email);
    },
    async count(projectId) {
      const row = await db
        .selectFrom('service_accounts')
        .select((e) => e.fn.countAll<number>().as('count'))
        .where('project_id', '=', projectId)
        .where('deleted_at_ms', 'is', null)
        .executeTakeFirstOrThrow();
      return Number(row.count);
    },
    async update(record) {
      const { display_name, description, disabled, deleted_at_ms, revision } = toRow(record);
      const result = await db
        .updateTable('service_accounts')
        .set({ display_name, description, disabled, deleted_at_ms, revision })
        .where('unique_id', '=', record.uniqueId)
        .where('revision', '=', revision - 1)
        // Undeleting must not meet another account that has taken the email since.
        .$if(deleted_at_ms === null, (query) =>
          query.where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('service_accounts as other')
                  .select('other.unique_id')
                  .where('other.email', '=', record.email)
                  .where('other.deleted_at_ms', 'is', null)
                  .where('other.unique_id', '!=', record.uniqueId),
              ),
            ),
          ),
        )
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
  };
}

function toRow(record: ServiceAccountRecord): ServiceAccountRow {
  return {
    unique_id: record.uniqueId,
    project_id: record.projectId,
    email: record.email,
    display_name: record.displayName,
    description: record.description,
    disabled: record.disabled ? 1 : 0,
    created_at_ms: record.createdAtMs,
    deleted_at_ms: record.deletedAtMs ?? null,
    revision: record.revision,
  };
}

function fromRow(row: ServiceAccountRow): ServiceAccountRecord {
  return {
    uniqueId: row.unique_id,
    projectId: row.project_id,
    email: row.email,
    displayName: row.display_name,
    description: row.description,
    disabled: row.disabled === 1,
    createdAtMs: row.created_at_ms,
    ...(row.deleted_at_ms === null ? {} : { deletedAtMs: row.deleted_at_ms }),
    revision: row.revision,
  };
}
