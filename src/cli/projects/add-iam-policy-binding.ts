import type { ClientCommand } from '../command.ts';
import { addBindingFlags, addBinding, projectPolicy } from '../iam/policy-binding.ts';
import type { BindingFlags } from '../iam/policy-binding.ts';

/** `projects add-iam-policy-binding`. */
export const addProjectBinding: ClientCommand = {
  kind: 'client',
  path: ['projects', 'add-iam-policy-binding'],
  summary: 'Give a principal a role on a project.',
  examples: [
    'projects add-iam-policy-binding my-project --member serviceAccount:esp@my-project.iam.gserviceaccount.com --role roles/cloudtrace.agent',
  ],
  define(command, run) {
    addBindingFlags(command.argument('<project>'));
    command.action((name: string, flags: BindingFlags) =>
      run((session) => addBinding(session, projectPolicy(name), flags)),
    );
  },
};
