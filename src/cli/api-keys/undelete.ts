import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { apiKeysOperations, readOperation } from '../api/operations.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from '../services/finish-operation.ts';
import type { Session } from '../session.ts';
import { keyName } from './key-name.ts';

interface UndeleteFlags {
  readonly keyString?: string;
  readonly async?: boolean;
}

/** `services api-keys undelete`. */
export const undeleteKey: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'undelete'],
  summary: 'Bring back an API key that was deleted less than 30 days ago.',
  examples: [
    'services api-keys undelete my-key',
    'services api-keys undelete --key-string AIzaSyExampleExampleExampleExampleExampl',
  ],
  define(command, run) {
    command
      .argument('[key]', 'id or full name')
      .option('--key-string <string>', 'the string of the key, instead of its name')
      .option('--async', 'do not wait for the operation')
      .action((key: string | undefined, flags: UndeleteFlags) =>
        run(async (session) => {
          const json = await session.api.call(ApiKeys.method.undeleteKey, {
            name: await nameOf(session, key, flags.keyString),
          });
          const finish = { api: apiKeysOperations, isAsync: flags.async, showResult: true };
          const operation = await finishOperation(session, readOperation(json), finish);
          if (session.hasFormat) session.print(operation.json);
        }),
      );
  },
};

async function nameOf(
  session: Session,
  key: string | undefined,
  keyString: string | undefined,
): Promise<string> {
  if ((key === undefined) === (keyString === undefined))
    throw usageError('give either the key or --key-string');
  if (keyString === undefined) return keyName(session, key as string);
  const { name } = await session.api.call(ApiKeys.method.lookupKey, { keyString });
  if (typeof name === 'string' && name !== '') return name;
  throw new CliError('no key that could be undeleted has this string');
}
