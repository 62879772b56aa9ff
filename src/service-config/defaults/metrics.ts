import { create } from '@bufbuild/protobuf';

import { LabelDescriptorSchema } from '../../gen/google/api/label_pb.ts';
import type { MetricDescriptor } from '../../gen/google/api/metric_pb.ts';
import {
  MetricDescriptor_MetricKind,
  MetricDescriptor_ValueType,
  MetricDescriptorSchema,
} from '../../gen/google/api/metric_pb.ts';

/** What the name of every default metric starts with. */
export const metricPrefix = 'serviceruntime.googleapis.com/api/';

type Row = readonly [name: string, valueType: 'INT64' | 'DISTRIBUTION', ...labels: readonly string[]];

const credential = '/credential_id';
const outcome = ['/protocol', '/response_code', '/response_code_class', '/status_code'] as const;

/** The 39 metrics of a compiled service, all DELTA. A proxy reports only those that its config names. */
export const metricTable: readonly Row[] = [
  ['consumer/request_count', 'INT64', credential, ...outcome],
  ['consumer/error_count', 'INT64', credential, '/error_type'],
  ['consumer/quota_used_count', 'INT64', credential, '/quota_group_name'],
  ['consumer/total_latencies', 'DISTRIBUTION', credential],
  ['consumer/request_overhead_latencies', 'DISTRIBUTION', credential],
  ['consumer/backend_latencies', 'DISTRIBUTION', credential],
  ['consumer/request_sizes', 'DISTRIBUTION', credential],
  ['consumer/response_sizes', 'DISTRIBUTION', credential],
  ['consumer/top_request_count_by_end_user', 'INT64', credential, '/end_user'],
  ['consumer/top_request_count_by_end_user_country', 'INT64', credential, '/end_user_country'],
  ['consumer/top_request_count_by_referer', 'INT64', credential, '/referer'],
  ['consumer/streaming_request_message_counts', 'DISTRIBUTION'],
  ['consumer/streaming_response_message_counts', 'DISTRIBUTION'],
  ['consumer/streaming_durations', 'DISTRIBUTION'],
  ['consumer/request_bytes', 'INT64'],
  ['consumer/response_bytes', 'INT64'],
  ['producer/request_count', 'INT64', ...outcome],
  ['producer/error_count', 'INT64', '/error_type'],
  ['producer/total_latencies', 'DISTRIBUTION'],
  ['producer/request_overhead_latencies', 'DISTRIBUTION'],
  ['producer/backend_latencies', 'DISTRIBUTION'],
  ['producer/request_sizes', 'DISTRIBUTION'],
  ['producer/response_sizes', 'DISTRIBUTION'],
  [
    'producer/top_request_count_by_consumer',
    'INT64',
    '/protocol',
    '/response_code',
    '/consumer_id',
    '/status_code',
  ],
  ['producer/top_request_sizes_by_consumer', 'DISTRIBUTION', '/consumer_id'],
  ['producer/top_response_sizes_by_consumer', 'DISTRIBUTION', '/consumer_id'],
  ['producer/streaming_request_message_counts', 'DISTRIBUTION'],
  ['producer/streaming_response_message_counts', 'DISTRIBUTION'],
  ['producer/streaming_durations', 'DISTRIBUTION'],
  ['producer/request_bytes', 'INT64'],
  ['producer/response_bytes', 'INT64'],
  ['producer/by_consumer/request_count', 'INT64', credential, ...outcome],
  ['producer/by_consumer/error_count', 'INT64', credential, '/error_type'],
  ['producer/by_consumer/quota_used_count', 'INT64', credential, '/quota_group_name'],
  ['producer/by_consumer/total_latencies', 'DISTRIBUTION', credential],
  ['producer/by_consumer/request_overhead_latencies', 'DISTRIBUTION', credential],
  ['producer/by_consumer/backend_latencies', 'DISTRIBUTION', credential],
  ['producer/by_consumer/request_sizes', 'DISTRIBUTION', credential],
  ['producer/by_consumer/response_sizes', 'DISTRIBUTION', credential],
];

/** Descriptors of the metrics that proxies report. */
export function defaultMetrics(): MetricDescriptor[] {
  return metricTable.map(([name, valueType, ...labels]) =>
    create(MetricDescriptorSchema, {
      name: metricPrefix + name,
      type: metricPrefix + name,
      metricKind: MetricDescriptor_MetricKind.DELTA,
      valueType: MetricDescriptor_ValueType[valueType],
      labels: labels.map((key) => create(LabelDescriptorSchema, { key })),
    }),
  );
}
