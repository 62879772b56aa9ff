import type { ClientCommand } from '../command.ts';
import { servicePolicy } from '../iam/policy-binding.ts';

/** What gcloud asks about, the legacy names of two permissions included. */
const permissions = [
  'servicemanagement.services.get',
  'servicemanagement.services.getProjectSettings',
  'servicemanagement.services.delete',
  'servicemanagement.services.update',
  'servicemanagement.services.bind',
  'servicemanagement.services.updateProjectSettings',
  'servicemanagement.services.check',
  'servicemanagement.services.report',
  'servicemanagement.services.setIamPolicy',
  'servicemanagement.services.getIamPolicy',
];

/** `endpoints services check-iam-policy`. */
export const checkServicePolicy: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'check-iam-policy'],
  summary: 'Show which permissions the caller has on a service.',
  examples: ['endpoints services check-iam-policy echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    command.argument('<service>').action((name: string) =>
      run(async (session) => {
        const target = servicePolicy(name);
        const path = `${target.path}:testIamPermissions`;
        session.print(await session.api.send({ verb: 'POST', path, body: { permissions } }, target.host));
      }),
    );
  },
};
