import { listAll } from '../api/list-all.ts';
import { Operations } from '../../gen/google/longrunning/operations_pb.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';

/** gcloud's own default: everything that is done and what started lately. */
const defaultFilter = '(done = true OR startTime>="2017-02-01")';
const table: Format = {
  kind: 'table',
  columns: [
    { path: 'name', label: 'NAME' },
    { path: 'done', label: 'DONE' },
    { path: 'metadata.startTime', label: 'START_TIME' },
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
    command
      .requiredOption('--service <service>', 'service that the operations worked on')
      .option('--filter <filter>', 'status=done|in_progress|failed, done=…, startTime>=…', defaultFilter)
      .option('--limit <count>', 'list this many at most', Number)
      .action((flags: { service: string; filter: string; limit?: number }) =>
        run(async (session) => {
          const operations = await listAll(session.api, {
            method: Operations.method.listOperations,
            request: { name: 'operations', filter: `serviceName=${flags.service} AND ${flags.filter}` },
            field: 'operations',
            ...(flags.limit === undefined ? {} : { limit: flags.limit }),
          });
          session.printList(operations, table);
        }),
      );
  },
};
