import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import type { Format } from '../output/format.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';

const table: Format = {
  kind: 'table',
  columns: [
    { path: 'displayName', label: 'DISPLAY NAME' },
    { path: 'email', label: 'EMAIL' },
    { path: 'disabled', label: 'DISABLED' },
  ],
};

/** `iam service-accounts list`. */
export const listServiceAccounts: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'list'],
  summary: 'List the service accounts of a project.',
  examples: ['iam service-accounts list'],
  define(command, run) {
    addListFlags(command);
    command.action((flags: ListFlags) =>
      run(async (session) => {
        const accounts = await listAll(session.api, {
          method: IAM.method.listServiceAccounts,
          request: { name: `projects/${session.project()}`, pageSize: 100 },
          field: 'accounts',
        });
        // JSON leaves false out; the column shows it.
        session.printList(
          accounts.map((account) => ({ disabled: false, ...account })),
          table,
          flags,
        );
      }),
    );
  },
};
