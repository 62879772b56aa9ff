import { getOperation } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { operationsApiOf } from './finish-operation.ts';

/** `services operations describe`. */
export const describeServicesOperation: ClientCommand = {
  kind: 'client',
  path: ['services', 'operations', 'describe'],
  summary: 'Show an operation of `services` or `services api-keys`.',
  examples: ['services operations describe operations/acat.p2-1234-5678'],
  define(command, run) {
    command
      .argument('<operation>')
      .action((name: string) =>
        run(async (session) =>
          session.print((await getOperation(session.api, operationsApiOf(name), name)).json),
        ),
      );
  },
};
