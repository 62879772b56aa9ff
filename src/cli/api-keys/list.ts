import { ApiKeys } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';
import { keysParent } from './key-name.ts';

/** `services api-keys list`. */
export const listKeys: ClientCommand = {
  kind: 'client',
  path: ['services', 'api-keys', 'list'],
  summary: 'List the API keys of a project, without their strings.',
  examples: [
    'services api-keys list',
    'services api-keys list --show-deleted --format="table(uid,displayName)"',
  ],
  define(command, run) {
    addListFlags(command);
    command
      .option('--show-deleted', 'those too that were deleted in the last 30 days')
      .action((flags: ListFlags & { showDeleted?: boolean }) =>
        run(async (session) => {
          const keys = await listAll(session.api, {
            method: ApiKeys.method.listKeys,
            request: { parent: keysParent(session), showDeleted: flags.showDeleted === true },
            field: 'keys',
          });
          session.printList(keys, { kind: 'yaml' }, flags);
        }),
      );
  },
};
