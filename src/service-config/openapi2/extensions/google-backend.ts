import type { BackendRule } from '../../../gen/google/api/backend_pb.ts';
import { BackendRule_PathTranslation, BackendRuleSchema } from '../../../gen/google/api/backend_pb.ts';
import { applyBackendDefaults } from '../../openapi/backend-defaults.ts';
import { findExtension } from '../../openapi/extension.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import type { MappingNode } from '../../source/source-node.ts';

const extensionName = 'x-google-backend';

/**
 * `x-google-backend` of the root or of an operation, whose own replaces the root's as a whole. Without
 * `path_translation` the root appends the path and an operation keeps the address's.
 */
export function googleBackend(
  document: OpenapiDocument,
  node: MappingNode,
  level: 'root' | 'operation',
): BackendRule | undefined {
  const value = findExtension(document, node, extensionName);
  if (value === undefined) return undefined;
  const rule = readExtensionMessage(document, extensionName, BackendRuleSchema, value);
  return applyBackendDefaults(
    rule,
    level === 'root'
      ? BackendRule_PathTranslation.APPEND_PATH_TO_ADDRESS
      : BackendRule_PathTranslation.CONSTANT_ADDRESS,
  );
}
