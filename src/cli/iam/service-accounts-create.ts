import { IAM } from '../../gen/google/iam/admin/v1/iam_pb.ts';
import type { ClientCommand } from '../command.ts';

/** `iam service-accounts create`. */
export const createServiceAccount: ClientCommand = {
  kind: 'client',
  path: ['iam', 'service-accounts', 'create'],
  summary: 'Create a service account, an identity for programs such as the proxy.',
  examples: ['iam service-accounts create esp --display-name "Endpoints proxy"'],
  define(command, run) {
    command
      .argument('<name>', 'part of the email before the @, 6 to 30 characters')
      .option('--display-name <name>', 'name for people')
      .option('--description <text>', 'what it is for')
      .action((accountId: string, flags: { displayName?: string; description?: string }) =>
        run(async (session) => {
          const account = await session.api.call(IAM.method.createServiceAccount, {
            name: `projects/${session.project()}`,
            accountId,
            serviceAccount: { displayName: flags.displayName ?? '', description: flags.description ?? '' },
          });
          session.say(`Created service account [${accountId}].`);
          if (session.hasFormat) session.print(account);
        }),
      );
  },
};
