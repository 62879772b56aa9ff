import { implement } from '../rpc/service.ts';
import type { ServiceImplementation } from '../rpc/service.ts';
import { createServiceConfig, getServiceConfig, listServiceConfigs } from './configs.ts';
import { createService } from './create-service.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { generateConfigReport } from './generate-config-report.ts';
import { listServices } from './list-services.ts';
import { createServiceRollout, getServiceRollout, listServiceRollouts } from './rollouts.ts';
import { deleteService, getService, undeleteService } from './services.ts';
import { submitConfigSource } from './submit-config-source.ts';
import { ServiceManagerContract } from './submit-response.ts';

/** google.api.servicemanagement.v1.ServiceManager over the store. */
export function createServiceManager(deps: ServiceManagementDependencies): ServiceImplementation {
  return implement(ServiceManagerContract, {
    listServices: (request, context) => listServices(deps, request, context),
    getService: (request, context) => getService(deps, request, context),
    createService: (request, context) => createService(deps, request, context),
    deleteService: (request, context) => deleteService(deps, request, context),
    undeleteService: (request, context) => undeleteService(deps, request, context),
    listServiceConfigs: (request, context) => listServiceConfigs(deps, request, context),
    getServiceConfig: (request, context) => getServiceConfig(deps, request, context),
    createServiceConfig: (request, context) => createServiceConfig(deps, request, context),
    submitConfigSource: (request, context) => submitConfigSource(deps, request, context),
    listServiceRollouts: (request, context) => listServiceRollouts(deps, request, context),
    getServiceRollout: (request, context) => getServiceRollout(deps, request, context),
    createServiceRollout: (request, context) => createServiceRollout(deps, request, context),
    generateConfigReport: (request, context) => generateConfigReport(deps, request, context),
  });
}
