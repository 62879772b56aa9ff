import { Operations } from '../../gen/google/longrunning/operations_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';
import { addLimitFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';

/** gcloud's own default: everything that is done and what started lately. */
const defaultFilter = '(done = true OR startTime>="2017-02-01")';
const table: Format = {
  kind: 'table',
  columns: [
    { path: 'name', label: 'NAME' },
    { path: 'done', label: 'DONE' },
    // To the second, and in UTC as it came.
    { path: 'metadata.startTime', label: 'START_TIME', show: (time) => time.replace(/(?:\.\d+)?Z$/, '') },
  ],
};

/** `endpoints operations list`. */
export const listOperations: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'operations', 'list'],
  summary: 'List the operations on a service, newest first.',
  examples: [
    'endpoints operations list --service echo.endpoints.my-project.cloud.goog --filter "status=failed"',
  ],
  define(command, run) {
    addLimitFlags(command);
    command
      .requiredOption('--service <service>', 'service that the operations worked on')
      .option('--filter <filter>', 'status=done|in_progress|failed, done=…, startTime>=…', defaultFilter)
      .action((flags: Omit<ListFlags, 'filter'> & { service: string; filter: string }) =>
        run(async (session) => {
          const operations = await listAll(session.api, {
            method: Operations.method.listOperations,
            request: { name: 'operations', filter: `serviceName=${flags.service} AND ${flags.filter}` },
            field: 'operations',
            ...(flags.limit === undefined || flags.sortBy !== undefined ? {} : { limit: flags.limit }),
          });
          const { filter: _byServer, ...rest } = flags;
          session.printList(operations, table, rest);
        }),
      );
  },
};
