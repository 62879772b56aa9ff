import { create } from '@bufbuild/protobuf';

import type { Monitoring } from '../../gen/google/api/monitoring_pb.ts';
import {
  Monitoring_MonitoringDestinationSchema,
  MonitoringSchema,
} from '../../gen/google/api/monitoring_pb.ts';
import { metricPrefix, metricTable } from './metrics.ts';
import { apiResourceType } from './monitored-resources.ts';

/** `consumer/*` metrics go to the consumer's project, `producer/*` metrics to the producer's. */
export function defaultMonitoring(): Monitoring {
  return create(MonitoringSchema, {
    consumerDestinations: [destination('consumer/')],
    producerDestinations: [destination('producer/')],
  });
}

function destination(prefix: 'consumer/' | 'producer/') {
  const names = metricTable.map(([name]) => name).filter((name) => name.startsWith(prefix));
  return create(Monitoring_MonitoringDestinationSchema, {
    monitoredResource: apiResourceType,
    metrics: names.map((name) => metricPrefix + name),
  });
}
