import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { ClientCommand } from '../command.ts';

/** `endpoints services describe`. */
export const describeService: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'describe'],
  summary: 'Show a service.',
  examples: ['endpoints services describe echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    command
      .argument('<service>')
      .action((serviceName: string) =>
        run(async (session) =>
          session.print(await session.api.call(ServiceManager.method.getService, { serviceName })),
        ),
      );
  },
};
