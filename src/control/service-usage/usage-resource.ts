import { create } from '@bufbuild/protobuf';
import { DocumentationSchema } from '../../gen/google/api/documentation_pb.ts';
import { MonitoringSchema } from '../../gen/google/api/monitoring_pb.ts';
import {
  ServiceConfigSchema,
  ServiceSchema,
  State,
} from '../../gen/google/api/serviceusage/v1/resources_pb.ts';
import type { Service, ServiceConfig } from '../../gen/google/api/serviceusage/v1/resources_pb.ts';
import type { ProjectRecord } from '../../store/projects.ts';
import type { CatalogueEntry } from './service-catalogue.ts';

/** A service as a consumer project sees it. */
export function toUsageService(entry: CatalogueEntry, project: ProjectRecord, isEnabled: boolean): Service {
  const parent = `projects/${project.projectNumber}`;
  return create(ServiceSchema, {
    name: `${parent}/services/${entry.serviceName}`,
    parent,
    config: toServiceConfig(entry),
    state: isEnabled ? State.ENABLED : State.DISABLED,
  });
}

/** The part of the config that consumers see. Source: field comments of google.api.serviceusage.v1.ServiceConfig. */
function toServiceConfig({ serviceName, title, definition }: CatalogueEntry): ServiceConfig {
  if (definition === undefined) return create(ServiceConfigSchema, { name: serviceName, title });
  const { quota, authentication, usage, documentation, monitoring } = definition;
  return create(ServiceConfigSchema, {
    name: serviceName,
    title,
    apis: definition.apis.map(({ name }) => ({ name })),
    endpoints: definition.endpoints,
    monitoredResources: definition.monitoredResources,
    ...(quota === undefined ? {} : { quota }),
    ...(authentication === undefined ? {} : { authentication }),
    ...(usage === undefined ? {} : { usage }),
    ...(documentation === undefined
      ? {}
      : { documentation: create(DocumentationSchema, { summary: documentation.summary }) }),
    ...(monitoring === undefined
      ? {}
      : {
          monitoring: create(MonitoringSchema, { consumerDestinations: monitoring.consumerDestinations }),
        }),
  });
}
