import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  DisableServiceResponseSchema,
  EnableServiceResponseSchema,
  ServiceActivation,
} from '../../gen/gatehouse/servicemanagement/v1/activation_pb.ts';
import { requireProject } from '../projects/project-access.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { implement } from '../rpc/service.ts';
import type { ServiceImplementation } from '../rpc/service.ts';
import { disableService, enableServices, requireServices } from './activate.ts';
import type { UsageDependencies } from './activate.ts';

/** `services.enable` and `services.disable` of Service Management, which older clients use for Service Usage's. */
export function createActivationService(deps: UsageDependencies): ServiceImplementation {
  return implement(ServiceActivation, {
    enableService: async ({ serviceName, consumerId }, context) => {
      const found = await requireServices(deps, context, {
        project: parseConsumer(consumerId),
        serviceNames: [serviceName],
        permission: 'serviceusage.services.enable',
      });
      const message = create(EnableServiceResponseSchema);
      return enableServices(deps, found, { schema: EnableServiceResponseSchema, message });
    },
    disableService: async ({ serviceName, consumerId }, context) => {
      const access = { project: parseConsumer(consumerId), permission: 'serviceusage.services.disable' };
      const project = await requireProject(deps, context, access);
      const entry = { serviceName, title: serviceName };
      const message = create(DisableServiceResponseSchema);
      return disableService(deps, { project, entry }, { schema: DisableServiceResponseSchema, message });
    },
  });
}

function parseConsumer(consumerId: string): string {
  const project = /^project:(.+)$/.exec(consumerId)?.[1];
  if (project === undefined)
    throw new RpcError(
      RpcCode.INVALID_ARGUMENT,
      `Invalid consumer_id '${consumerId}': use project:PROJECT_ID.`,
    );
  return project;
}
