import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import type { ClientCommand } from '../command.ts';
import { keyName } from './key-name.ts';

/** `services api-keys describe`. */
export const describeKey: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'describe'],
  summary: 'Show an API key, without its string.',
  examples: ['services api-keys describe my-key'],
  define(command, run) {
    command
      .argument('<key>', 'id or full name')
      .action((key: string) =>
        run(async (session) =>
          session.print(await session.api.call(ApiKeys.method.getKey, { name: keyName(session, key) })),
        ),
      );
  },
};
