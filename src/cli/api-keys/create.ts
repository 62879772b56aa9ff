import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { apiKeysOperations, readOperation } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from '../services/finish-operation.ts';
import type { Session } from '../session.ts';
import { addKeyFlags, annotationsOf, restrictionsOf } from './key-flags.ts';
import type { KeyFlags } from './key-flags.ts';
import { keysParent } from './key-name.ts';

interface CreateFlags extends KeyFlags {
  readonly keyId?: string;
  readonly async?: boolean;
}

/** `services api-keys create`. */
export const createKey: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'create'],
  summary: 'Create an API key; the result shows its string.',
  examples: [
    'services api-keys create --display-name "Test key"',
    'services api-keys create --api-target service=echo.endpoints.my-project.cloud.goog --allowed-ips 198.51.100.0/24',
    'services api-keys create --format="value(response.keyString)"',
  ],
  define(command, run) {
    addKeyFlags(command);
    command
      .option('--key-id <id>', 'last part of its name; chosen by the server if absent')
      .option('--async', 'do not wait for the operation')
      .action((flags: CreateFlags) => run((session) => createOne(session, flags)));
  },
};

async function createOne(session: Session, flags: CreateFlags): Promise<void> {
  const restrictions = restrictionsOf(flags);
  const annotations = annotationsOf(flags);
  const json = await session.api.call(ApiKeys.method.createKey, {
    parent: keysParent(session),
    keyId: flags.keyId ?? '',
    key: {
      displayName: flags.displayName ?? '',
      ...(restrictions && { restrictions }),
      ...(annotations && { annotations }),
    },
  });
  const finish = { api: apiKeysOperations, isAsync: flags.async, showResult: true };
  const operation = await finishOperation(session, readOperation(json), finish);
  if (session.hasFormat) session.print(operation.json);
}
