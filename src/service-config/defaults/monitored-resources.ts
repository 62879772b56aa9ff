import { create } from '@bufbuild/protobuf';

import { LabelDescriptorSchema } from '../../gen/google/api/label_pb.ts';
import type { MonitoredResourceDescriptor } from '../../gen/google/api/monitored_resource_pb.ts';
import { MonitoredResourceDescriptorSchema } from '../../gen/google/api/monitored_resource_pb.ts';

/** Type of the resource that all time series and log entries of a service belong to. */
export const apiResourceType = 'api';

const labels: readonly string[] = [
  'cloud.googleapis.com/location',
  'cloud.googleapis.com/uid',
  'serviceruntime.googleapis.com/api_version',
  'serviceruntime.googleapis.com/api_method',
  'serviceruntime.googleapis.com/consumer_project',
  'cloud.googleapis.com/project',
  'cloud.googleapis.com/service',
];

/** The one monitored resource of a service. */
export function defaultMonitoredResources(): MonitoredResourceDescriptor[] {
  return [
    create(MonitoredResourceDescriptorSchema, {
      type: apiResourceType,
      labels: labels.map((key) => create(LabelDescriptorSchema, { key })),
    }),
  ];
}
