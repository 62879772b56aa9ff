import { usageError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';

/** `config get-value`. */
export const getConfigValue: ClientCommand = {
  kind: 'client',
  path: ['config', 'get-value'],
  summary: 'Print the property that commands use.',
  examples: ['config get-value project'],
  define(command, run) {
    command.argument('<property>', 'project or core/project').action((property: string) =>
      run((session) => {
        if (property !== 'project' && property !== 'core/project')
          throw usageError(`unknown property '${property}'; the only one is project`);
        session.environment.stdout(`${session.project()}\n`);
        return Promise.resolve();
      }),
    );
  },
};
