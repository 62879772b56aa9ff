import type { EnabledServiceRecord, EnabledServiceStore } from '../enabled-services.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface EnabledServiceRow {
  readonly project_id: string;
  readonly service_name: string;
  readonly enabled_at_ms: number;
}

export interface EnabledServiceTables {
  readonly enabled_services: EnabledServiceRow;
}

/** {@link EnabledServiceStore} on SQLite. */
export function createEnabledServices({ db }: SqliteContext): EnabledServiceStore {
  const listBy = async (
    column: 'project_id' | 'service_name',
    value: string,
  ): Promise<EnabledServiceRecord[]> => {
    const rows = await db
      .selectFrom('enabled_services')
      .selectAll()
      .where(column, '=', value)
      .orderBy('service_name')
      .orderBy('project_id')
      .execute();
    return rows.map(fromRow);
  };
  return {
    async isEnabled(projectId, serviceName) {
      const row = await db
        .selectFrom('enabled_services')
        .select('project_id')
        .where('project_id', '=', projectId)
        .where('service_name', '=', serviceName)
        .executeTakeFirst();
      return row !== undefined;
    },
    async enable({ projectId, serviceName, enabledAtMs }) {
      const result = await db
        .insertInto('enabled_services')
        .values({ project_id: projectId, service_name: serviceName, enabled_at_ms: enabledAtMs })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return result.numInsertedOrUpdatedRows === 1n;
    },
    async disable(projectId, serviceName) {
      const result = await db
        .deleteFrom('enabled_services')
        .where('project_id', '=', projectId)
        .where('service_name', '=', serviceName)
        .executeTakeFirst();
      return result.numDeletedRows === 1n;
    },
    listByProject: (projectId) => listBy('project_id', projectId),
    listByService: (serviceName) => listBy('service_name', serviceName),
  };
}

function fromRow(row: EnabledServiceRow): EnabledServiceRecord {
  return { projectId: row.project_id, serviceName: row.service_name, enabledAtMs: row.enabled_at_ms };
}
