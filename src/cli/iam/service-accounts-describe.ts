import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type { ClientCommand } from '../command.ts';
import { accountName } from './account-name.ts';

/** `iam service-accounts describe`. */
export const describeServiceAccount: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'describe'],
  summary: 'Show a service account.',
  examples: ['iam service-accounts describe esp@my-project.iam.gserviceaccount.com'],
  define(command, run) {
    command
      .argument('<account>', 'email or unique id')
      .action((account: string) =>
        run(async (session) =>
          session.print(await session.api.call(IAM.method.getServiceAccount, { name: accountName(account) })),
        ),
      );
  },
};
