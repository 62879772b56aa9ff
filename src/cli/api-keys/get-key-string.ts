import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import type { ClientCommand } from '../command.ts';
import { keyName } from './key-name.ts';

/** `services api-keys get-key-string`. */
export const getKeyString: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'get-key-string'],
  summary: 'Show the string of an API key.',
  examples: [
    'services api-keys get-key-string my-key',
    'services api-keys get-key-string my-key --format="value(keyString)"',
  ],
  define(command, run) {
    command
      .argument('<key>', 'id or full name')
      .action((key: string) =>
        run(async (session) =>
          session.print(await session.api.call(ApiKeys.method.getKeyString, { name: keyName(session, key) })),
        ),
      );
  },
};
