import { Projects } from '../../gen/gatehouse/cloudresourcemanager/v1/projects_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';

const table: Format = {
  kind: 'table',
  columns: [
    { path: 'projectId', label: 'PROJECT_ID' },
    { path: 'name', label: 'NAME' },
    { path: 'projectNumber', label: 'PROJECT_NUMBER' },
  ],
};

/** `projects list`. */
export const listProjects: ClientCommand = {
  kind: 'client',
  path: ['projects', 'list'],
  summary: 'List the projects that you may see.',
  examples: ['projects list', 'projects list --format="value(projectId)"'],
  define(command, run) {
    addListFlags(command);
    command.action((flags: ListFlags) =>
      run(async (session) => {
        const listing = { method: Projects.method.listProjects, request: {}, field: 'projects' };
        const projects = await listAll(session.api, listing);
        const active = projects.filter((project) => project['lifecycleState'] === 'ACTIVE');
        session.printList(active, table, flags);
      }),
    );
  },
};
