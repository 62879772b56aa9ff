import type { MetricDescriptor } from '../../../gen/google/api/metric_pb.ts';
import { MetricDescriptorSchema } from '../../../gen/google/api/metric_pb.ts';
import type { Quota, QuotaLimit } from '../../../gen/google/api/quota_pb.ts';
import { QuotaSchema } from '../../../gen/google/api/quota_pb.ts';
import { findExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import { keyPlace } from '../../source/source-node.ts';
import type { SourceNode } from '../../source/source-node.ts';

const extensionName = 'x-google-management';

/** Metrics that the service defines and the limits on them. */
export interface Management {
  readonly metrics: readonly MetricDescriptor[];
  readonly quotaLimits: readonly QuotaLimit[];
}

/** `x-google-management` at the root. `type` of a metric is its name, as in every deployed config. */
export function googleManagement(document: OpenapiDocument): Management {
  const node = document.reader.mapping(findExtension(document, document.root, extensionName), extensionName);
  if (node === undefined) return { metrics: [], quotaLimits: [] };
  for (const key of node.entries.keys()) {
    if (key === 'metrics' || key === 'quota') continue;
    document.context.diagnostics.error({
      rule: 'extension-not-convertible',
      location: namedLocation(document, extensionName),
      message: `Extension ${extensionName} has an unknown field '${key}'. Its fields are metrics and quota.`,
      at: keyPlace(node, key),
    });
  }
  return {
    metrics: readMetrics(document, node.entries.get('metrics')?.value),
    quotaLimits: readQuota(document, node.entries.get('quota')?.value)?.limits ?? [],
  };
}

function readMetrics(document: OpenapiDocument, node: SourceNode | undefined): MetricDescriptor[] {
  const items = document.reader.sequence(node, `${extensionName}.metrics`)?.items ?? [];
  return items.map((item) => {
    const metric = readExtensionMessage(document, extensionName, MetricDescriptorSchema, item);
    if (metric.type === '') metric.type = metric.name;
    return metric;
  });
}

function readQuota(document: OpenapiDocument, node: SourceNode | undefined): Quota | undefined {
  return node === undefined ? undefined : readExtensionMessage(document, extensionName, QuotaSchema, node);
}
