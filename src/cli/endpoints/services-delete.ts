import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { readOperation } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from './finish-operation.ts';

const question = {
  message:
    'Are you sure? This will set the service configuration to be deleted, along with all of the associated ' +
    'consumer information. Note: This does not immediately delete the service configuration or data and can be ' +
    'undone using the undelete command for 30 days. Only after 30 days will the service be purged from the system.',
  prompt: 'Continue anyway',
};

/** `endpoints services delete`. */
export const deleteService: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'delete'],
  summary: 'Delete a service; it can be undeleted for 30 days.',
  examples: ['endpoints services delete echo.endpoints.my-project.cloud.goog --quiet'],
  define(command, run) {
    command
      .argument('<service>')
      .option('--async', 'do not wait for the operation')
      .action((serviceName: string, flags: { async?: boolean }) =>
        run(async (session) => {
          await session.confirm(question);
          const json = await session.api.call(ServiceManager.method.deleteService, { serviceName });
          const operation = await finishOperation(session, readOperation(json), flags.async);
          if (session.hasFormat) session.print(operation.json);
        }),
      );
  },
};
