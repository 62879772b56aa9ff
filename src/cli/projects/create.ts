import { Projects } from '../../gen/gatehouse/cloudresourcemanager/v1/projects_pb.ts';
import { readOperation, resourceManagerOperations, waitForOperation } from '../api/operations.ts';
import { CliError, usageError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { readClientSettings, writeClientSettings } from '../settings/data-folder.ts';

interface CreateFlags {
  readonly name?: string;
  readonly labels?: string;
  readonly setAsDefault?: boolean;
}

/** `projects create`. */
export const createProject: ClientCommand = {
  kind: 'client',
  path: ['projects', 'create'],
  summary: 'Create a project: the owner of services, keys and service accounts.',
  examples: ['projects create my-project --name "My project" --set-as-default'],
  define(command, run) {
    command
      .argument('<project>', 'its id: 6 to 30 characters of a-z, 0-9 and -')
      .option('--name <name>', 'name for people; the id if absent')
      .option('--labels <key=value,...>', 'labels of your own')
      .option('--set-as-default', 'use it from now on')
      .action((projectId: string, flags: CreateFlags) =>
        run((session) => createOne(session, projectId, flags)),
      );
  },
};

async function createOne(session: Session, projectId: string, flags: CreateFlags): Promise<void> {
  const project = { projectId, name: flags.name ?? projectId, labels: parseLabels(flags.labels) };
  const started = readOperation(await session.api.call(Projects.method.createProject, { project }));
  session.say(`Create in progress for [projects/${projectId}].`);
  session.say(`Waiting for [${started.name}] to finish...`);
  const done = await waitForOperation(session, resourceManagerOperations, started);
  if (done.error !== undefined)
    throw new CliError(`Operation [${done.name}] failed: ${done.error.status}: ${done.error.message}`);
  session.say('done.');
  if (flags.setAsDefault === true) {
    const { dataFolder } = session.connection;
    writeClientSettings(dataFolder, { ...readClientSettings(dataFolder), project: projectId });
    session.say(`Updated property [core/project] to [${projectId}].`);
  }
  if (session.hasFormat) session.print(done.response);
}

function parseLabels(text: string = ''): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const part of text.split(',').filter(Boolean)) {
    const equals = part.indexOf('=');
    if (equals < 1) throw usageError(`--labels: '${part}' is not of the form key=value`);
    labels[part.slice(0, equals)] = part.slice(equals + 1);
  }
  return labels;
}
