import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';
import { accountName } from './account-name.ts';

const table: Format = {
  kind: 'table',
  columns: [
    { path: 'name', label: 'KEY_ID', show: (name) => name.split('/').at(-1) ?? '' },
    { path: 'validAfterTime', label: 'CREATED_AT' },
    { path: 'validBeforeTime', label: 'EXPIRES_AT' },
    { path: 'disabled', label: 'DISABLED' },
  ],
};

/** `iam service-accounts keys list`. */
export const listAccountKeys: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'keys', 'list'],
  summary: 'List the keys of a service account.',
  examples: ['iam service-accounts keys list --iam-account esp@my-project.iam.gserviceaccount.com'],
  define(command, run) {
    addListFlags(command.requiredOption('--iam-account <account>', 'account that the keys belong to'));
    command.action((flags: ListFlags & { iamAccount: string }) =>
      run(async (session) => {
        const keys = await listAll(session.api, {
          method: IAM.method.listServiceAccountKeys,
          request: { name: accountName(flags.iamAccount) },
          field: 'keys',
        });
        session.printList(keys, table, flags);
      }),
    );
  },
};
