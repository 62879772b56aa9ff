import { create } from '@bufbuild/protobuf';

import type { LogDescriptor } from '../../gen/google/api/log_pb.ts';
import { LogDescriptorSchema } from '../../gen/google/api/log_pb.ts';
import type { Logging } from '../../gen/google/api/logging_pb.ts';
import { Logging_LoggingDestinationSchema, LoggingSchema } from '../../gen/google/api/logging_pb.ts';
import { apiResourceType } from './monitored-resources.ts';

/** Name of the log that proxies write one entry per request to. */
const endpointsLog = 'endpoints_log';

/** The one log of a service. */
export function defaultLogs(): LogDescriptor[] {
  return [create(LogDescriptorSchema, { name: endpointsLog })];
}

/** Log entries go to the producer. */
export function defaultLogging(): Logging {
  return create(LoggingSchema, {
    producerDestinations: [
      create(Logging_LoggingDestinationSchema, { monitoredResource: apiResourceType, logs: [endpointsLog] }),
    ],
  });
}
