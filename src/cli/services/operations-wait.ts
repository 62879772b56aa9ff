import { getOperation } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation, operationsApiOf } from './finish-operation.ts';

/** `services operations wait`. */
export const waitServicesOperation: ClientCommand = {
  kind: 'client',
  path: ['services', 'operations', 'wait'],
  summary: 'Wait until an operation of `services` or `services api-keys` is done.',
  examples: ['services operations wait operations/acat.p2-1234-5678'],
  define(command, run) {
    command.argument('<operation>').action((name: string) =>
      run(async (session) => {
        const api = operationsApiOf(name);
        const operation = await getOperation(session.api, api, name);
        const done = await finishOperation(session, operation, { api, isAsync: false, showResult: true });
        if (session.hasFormat) session.print(done.json);
      }),
    );
  },
};
