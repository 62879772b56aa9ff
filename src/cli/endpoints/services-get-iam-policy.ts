import type { ClientCommand } from '../command.ts';
import { getPolicy, servicePolicy } from '../iam/policy-binding.ts';

/** `endpoints services get-iam-policy`. */
export const getServicePolicy: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'get-iam-policy'],
  summary: 'Show who has which roles on a service.',
  examples: ['endpoints services get-iam-policy echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    command
      .argument('<service>')
      .action((name: string) =>
        run(async (session) => session.print(await getPolicy(session, servicePolicy(name)))),
      );
  },
};
