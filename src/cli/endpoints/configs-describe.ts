import {
  GetServiceConfigRequest_ConfigView,
  ServiceManager,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { ClientCommand } from '../command.ts';

/** `endpoints configs describe`. */
export const describeConfig: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'configs', 'describe'],
  summary: 'Show a service config with the files that it was made from.',
  examples: ['endpoints configs describe 2026-01-31r0 --service echo.endpoints.my-project.cloud.goog'],
  define(command, run) {
    command
      .argument('<config>')
      .requiredOption('--service <service>', 'service that the config belongs to')
      .action((configId: string, { service }: { service: string }) =>
        run(async (session) => {
          const view = GetServiceConfigRequest_ConfigView.FULL;
          const request = { serviceName: service, configId, view };
          session.print(await session.api.call(ServiceManager.method.getServiceConfig, request));
        }),
      );
  },
};
