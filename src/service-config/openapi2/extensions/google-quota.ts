import type { MetricRule } from '../../../gen/google/api/quota_pb.ts';
import { MetricRuleSchema } from '../../../gen/google/api/quota_pb.ts';
import { findExtension } from '../../openapi/extension.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import type { MappingNode } from '../../source/source-node.ts';

const extensionName = 'x-google-quota';

/** `x-google-quota` of an operation: what one call costs of each metric. */
export function googleQuota(document: OpenapiDocument, operation: MappingNode): MetricRule | undefined {
  const node = findExtension(document, operation, extensionName);
  if (node === undefined) return undefined;
  return readExtensionMessage(document, extensionName, MetricRuleSchema, node);
}
