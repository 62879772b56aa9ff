import type { ClientCommand } from '../command.ts';
import { addBindingFlags, addBinding, servicePolicy } from '../iam/policy-binding.ts';
import type { BindingFlags } from '../iam/policy-binding.ts';

/** `endpoints services add-iam-policy-binding`. */
export const addServiceBinding: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'add-iam-policy-binding'],
  summary: 'Give a principal a role on a service.',
  examples: [
    'endpoints services add-iam-policy-binding echo.endpoints.my-project.cloud.goog --member serviceAccount:esp@my-project.iam.gserviceaccount.com --role roles/servicemanagement.serviceController',
  ],
  define(command, run) {
    addBindingFlags(command.argument('<service>'));
    command.action((name: string, flags: BindingFlags) =>
      run((session) => addBinding(session, servicePolicy(name), flags)),
    );
  },
};
