import { usageError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import { readClientSettings, writeClientSettings } from '../settings/data-folder.ts';

/** `config set`. */
export const setConfig: ClientCommand = {
  kind: 'client',
  path: ['config', 'set'],
  summary: 'Remember a property in the data folder; project is the only one.',
  examples: ['config set project my-project'],
  define(command, run) {
    command
      .argument('<property>', 'project or core/project')
      .argument('<value>')
      .action((property: string, value: string) =>
        run((session) => {
          if (property !== 'project' && property !== 'core/project')
            throw usageError(`unknown property '${property}'; the only one is project`);
          const { dataFolder } = session.connection;
          writeClientSettings(dataFolder, { ...readClientSettings(dataFolder), project: value });
          session.say('Updated property [core/project].');
          return Promise.resolve();
        }),
      );
  },
};
