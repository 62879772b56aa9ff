import { Projects } from '../../gen/gatehouse/cloudresourcemanager/v1/projects_pb.ts';
import type { ClientCommand } from '../command.ts';

/** `projects describe`. */
export const describeProject: ClientCommand = {
  kind: 'client',
  path: ['projects', 'describe'],
  summary: 'Show a project.',
  examples: ['projects describe my-project'],
  define(command, run) {
    command
      .argument('<project>', 'id or number')
      .action((projectId: string) =>
        run(async (session) =>
          session.print(await session.api.call(Projects.method.getProject, { projectId })),
        ),
      );
  },
};
