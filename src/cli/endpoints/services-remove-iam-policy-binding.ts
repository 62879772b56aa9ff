import type { ClientCommand } from '../command.ts';
import { addBindingFlags, removeBinding, servicePolicy } from '../iam/policy-binding.ts';
import type { BindingFlags } from '../iam/policy-binding.ts';

/** `endpoints services remove-iam-policy-binding`. */
export const removeServiceBinding: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'remove-iam-policy-binding'],
  summary: 'Take a role on a service from a principal.',
  examples: [
    'endpoints services remove-iam-policy-binding echo.endpoints.my-project.cloud.goog --member serviceAccount:esp@my-project.iam.gserviceaccount.com --role roles/servicemanagement.serviceController',
  ],
  define(command, run) {
    addBindingFlags(command.argument('<service>'));
    command.action((name: string, flags: BindingFlags) =>
      run((session) => removeBinding(session, servicePolicy(name), flags)),
    );
  },
};
