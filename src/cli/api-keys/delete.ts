import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { apiKeysOperations, readOperation } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from '../services/finish-operation.ts';
import { keyName } from './key-name.ts';

/** `services api-keys delete`. */
export const deleteKey: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'delete'],
  summary: 'Delete an API key; it can be undeleted for 30 days.',
  examples: ['services api-keys delete my-key'],
  define(command, run) {
    command
      .argument('<key>', 'id or full name')
      .option('--etag <etag>', 'delete only if this is still its etag')
      .option('--async', 'do not wait for the operation')
      .action((key: string, flags: { etag?: string; async?: boolean }) =>
        run(async (session) => {
          const request = { name: keyName(session, key), etag: flags.etag ?? '' };
          const json = await session.api.call(ApiKeys.method.deleteKey, request);
          const finish = { api: apiKeysOperations, isAsync: flags.async, showResult: true };
          const operation = await finishOperation(session, readOperation(json), finish);
          if (session.hasFormat) session.print(operation.json);
        }),
      );
  },
};
