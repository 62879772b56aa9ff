import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type { ClientCommand } from '../command.ts';
import { accountName } from './account-name.ts';

/** `iam service-accounts keys delete`. */
export const deleteAccountKey: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'keys', 'delete'],
  summary: 'Delete a key of a service account.',
  examples: ['iam service-accounts keys delete KEY_ID --iam-account esp@my-project.iam.gserviceaccount.com'],
  define(command, run) {
    command
      .argument('<key>', 'its id')
      .requiredOption('--iam-account <account>', 'account that the key belongs to')
      .action((key: string, { iamAccount: account }: { iamAccount: string }) =>
        run(async (session) => {
          await session.confirm({
            message: `You are about to delete key [${key}] for service account [${account}].`,
            whenUnattended: 'continue',
          });
          const name = `${accountName(account)}/keys/${key}`;
          await session.api.call(IAM.method.deleteServiceAccountKey, { name });
          session.say(`deleted key [${key}] for service account [${account}]`);
        }),
      );
  },
};
