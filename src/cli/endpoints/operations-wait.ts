import { getOperation, serviceManagementOperations } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from './finish-operation.ts';

/** `endpoints operations wait`. */
export const waitOperation: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'operations', 'wait'],
  summary: 'Wait until an operation is done.',
  examples: ['endpoints operations wait operations/services.echo.endpoints.my-project.cloud.goog-0'],
  define(command, run) {
    command.argument('<operation>').action((name: string) =>
      run(async (session) => {
        const operation = await getOperation(session.api, serviceManagementOperations, name);
        const done = await finishOperation(session, operation, false);
        session.print(done.json);
      }),
    );
  },
};
