import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type { ClientCommand } from '../command.ts';
import { accountName } from './account-name.ts';

/** `iam service-accounts delete`. */
export const deleteServiceAccount: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'delete'],
  summary: 'Delete a service account; its keys stop working.',
  examples: ['iam service-accounts delete esp@my-project.iam.gserviceaccount.com'],
  define(command, run) {
    command.argument('<account>', 'email or unique id').action((account: string) =>
      run(async (session) => {
        await session.confirm({
          message: `You are about to delete service account [${account}]`,
          whenUnattended: 'continue',
        });
        await session.api.call(IAM.method.deleteServiceAccount, { name: accountName(account) });
        session.say(`deleted service account [${account}]`);
      }),
    );
  },
};
