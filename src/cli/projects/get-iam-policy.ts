import type { ClientCommand } from '../command.ts';
import { getPolicy, projectPolicy } from '../iam/policy-binding.ts';

/** `projects get-iam-policy`. */
export const getProjectPolicy: ClientCommand = {
  kind: 'client',
  path: ['projects', 'get-iam-policy'],
  summary: 'Show who has which roles on a project.',
  examples: ['projects get-iam-policy my-project'],
  define(command, run) {
    command
      .argument('<project>')
      .action((name: string) =>
        run(async (session) => session.print(await getPolicy(session, projectPolicy(name)))),
      );
  },
};
