import {
  DisableServiceRequest_CheckIfServiceHasUsage as CheckUsage,
  ServiceUsage,
} from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { readOperation, serviceUsageOperations } from '../api/operations.ts';
import type { ClientCommand } from '../command.ts';
import { finishOperation } from './finish-operation.ts';

/** `services disable`. */
export const disableService: ClientCommand = {
  kind: 'client',
  path: ['services', 'disable'],
  summary: 'Disable services in a project; its keys stop working with them.',
  examples: ['services disable echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    command
      .argument('<services...>')
      .option('--async', 'do not wait for the operations')
      .option('--force', 'disable even what is in use, with what depends on it')
      .action((names: string[], flags: { async?: boolean; force?: boolean }) =>
        run(async (session) => {
          const force = flags.force === true;
          for (const service of names) {
            const json = await session.api.call(ServiceUsage.method.disableService, {
              name: `projects/${session.project()}/services/${service}`,
              disableDependentServices: force,
              checkIfServiceHasUsage: force ? CheckUsage.SKIP : CheckUsage.CHECK,
            });
            const finish = { api: serviceUsageOperations, isAsync: flags.async, showResult: false };
            await finishOperation(session, readOperation(json), finish);
          }
        }),
      );
  },
};
