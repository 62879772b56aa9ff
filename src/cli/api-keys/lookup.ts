import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import type { ClientCommand } from '../command.ts';

/** `services api-keys lookup`. */
export const lookupKey: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'lookup'],
  summary: 'Find the API key that a key string belongs to.',
  examples: ['services api-keys lookup AIzaSyExampleExampleExampleExampleExampl'],
  define(command, run) {
    command
      .argument('<key-string>')
      .action((keyString: string) =>
        run(async (session) =>
          session.print(await session.api.call(ApiKeys.method.lookupKey, { keyString })),
        ),
      );
  },
};
