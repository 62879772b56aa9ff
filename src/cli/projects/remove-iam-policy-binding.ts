import type { ClientCommand } from '../command.ts';
import { addBindingFlags, removeBinding, projectPolicy } from '../iam/policy-binding.ts';
import type { BindingFlags } from '../iam/policy-binding.ts';

/** `projects remove-iam-policy-binding`. */
export const removeProjectBinding: ClientCommand = {
  kind: 'client',
  path: ['projects', 'remove-iam-policy-binding'],
  summary: 'Take a role on a project from a principal.',
  examples: [
    'projects remove-iam-policy-binding my-project --member serviceAccount:esp@my-project.iam.gserviceaccount.com --role roles/cloudtrace.agent',
  ],
  define(command, run) {
    addBindingFlags(command.argument('<project>'));
    command.action((name: string, flags: BindingFlags) =>
      run((session) => removeBinding(session, projectPolicy(name), flags)),
    );
  },
};
