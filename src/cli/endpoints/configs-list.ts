import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { listAll } from '../api/list-all.ts';
import type { ClientCommand } from '../command.ts';
import { addListFlags } from '../output/list-flags.ts';
import type { ListFlags } from '../output/list-flags.ts';

/** `endpoints configs list`. */
export const listConfigs: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'configs', 'list'],
  summary: 'List the configs of a service, newest first.',
  examples: ['endpoints configs list --service echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    addListFlags(command.requiredOption('--service <service>', 'service to list the configs of'));
    command.action((flags: ListFlags & { service: string }) =>
      run(async (session) => {
        const configs = await listAll(session.api, {
          method: ServiceManager.method.listServiceConfigs,
          request: { serviceName: flags.service },
          field: 'serviceConfigs',
        });
        const columns = [
          { path: 'id', label: 'CONFIG_ID' },
          { path: 'name', label: 'SERVICE_NAME' },
        ];
        session.printList(configs, { kind: 'table', columns }, flags);
      }),
    );
  },
};
