import type { MetricRule } from '../../../gen/google/api/quota_pb.ts';
import { MetricRuleSchema } from '../../../gen/google/api/quota_pb.ts';
import { findExtension } from '../../openapi/extension.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import { child } from '../../source/source-node.ts';
import type { MappingNode, SourceNode } from '../../source/source-node.ts';
import { wrapNode } from '../fields.ts';

const extensionName = 'x-google-quota';

/**
 * `x-google-quota` of an operation: what one call costs of each metric, `{metric: cost}`. The form of OpenAPI 2.0 with
 * `metricCosts` around it is taken too.
 */
export function googleQuota(document: OpenapiDocument, operation: MappingNode): MetricRule | undefined {
  const node = findExtension(document, operation, extensionName);
  if (node === undefined) return undefined;
  const rule = hasMetricCosts(node) ? node : wrapNode('metricCosts', node);
  return readExtensionMessage(document, extensionName, MetricRuleSchema, rule);
}

/** A number under `metricCosts` is the cost of a metric that is called so. */
function hasMetricCosts(node: SourceNode): boolean {
  const costs = child(node, 'metricCosts') ?? child(node, 'metric_costs');
  return costs !== undefined && costs.kind !== 'scalar';
}
