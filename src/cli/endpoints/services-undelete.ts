import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { readOperation } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from './finish-operation.ts';

/** `endpoints services undelete`. */
export const undeleteService: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'undelete'],
  summary: 'Bring back a service that was deleted less than 30 days ago.',
  examples: ['endpoints services undelete echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    command
      .argument('<service>')
      .option('--async', 'do not wait for the operation')
      .action((serviceName: string, flags: { async?: boolean }) =>
        run(async (session) => {
          const json = await session.api.call(ServiceManager.method.undeleteService, { serviceName });
          const operation = await finishOperation(session, readOperation(json), flags.async);
          session.print(operation.json);
        }),
      );
  },
};
