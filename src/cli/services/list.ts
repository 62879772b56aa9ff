import { Option } from 'commander';
import { ServiceUsage } from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';

const table: Format = {
  kind: 'table',
  columns: [
    { path: 'config.name', label: 'NAME' },
    { path: 'config.title', label: 'TITLE' },
  ],
};

/** `services list`. */
export const listConsumedServices: ClientCommand = {
  kind: 'client',
  path: ['services', 'list'],
  summary: 'List the services that a project has enabled, or could enable.',
  examples: ['services list', 'services list --available'],
  define(command, run) {
    addListFlags(command);
    command
      .addOption(new Option('--enabled', 'those that are enabled (the default)').conflicts('available'))
      .option('--available', 'those that are enabled and those that could be')
      .action((flags: ListFlags & { enabled?: boolean; available?: boolean }) =>
        run(async (session) => {
          const services = await listAll(session.api, {
            method: ServiceUsage.method.listServices,
            request: {
              parent: `projects/${session.project()}`,
              filter: flags.available === true ? '' : 'state:ENABLED',
              pageSize: 200,
            },
            field: 'services',
          });
          session.printList(services, table, { sortBy: 'config.name', ...flags });
        }),
      );
  },
};
