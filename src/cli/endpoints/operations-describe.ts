import { getOperation, serviceManagementOperations } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';

/** `endpoints operations describe`. */
export const describeOperation: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'operations', 'describe'],
  summary: 'Show an operation.',
  examples: ['endpoints operations describe operations/services.echo.endpoints.my-project.cloud.goog-0'],
  define(command, run) {
    command
      .argument('<operation>')
      .action((name: string) =>
        run(async (session) =>
          session.print((await getOperation(session.api, serviceManagementOperations, name)).json),
        ),
      );
  },
};
