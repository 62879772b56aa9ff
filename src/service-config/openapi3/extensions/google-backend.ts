import type { BackendRule } from '../../../gen/google/api/backend_pb.ts';
import { BackendRule_PathTranslation } from '../../../gen/google/api/backend_pb.ts';
import { nameHint } from '../../diagnostics/name-hint.ts';
import { applyBackendDefaults } from '../../openapi/backend-defaults.ts';
import { copyBackend } from '../../openapi/copy-backend.ts';
import { findExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { stringOf } from '../../source/source-node.ts';
import type { MappingNode, SourceNode } from '../../source/source-node.ts';

const extensionName = 'x-google-backend';

/** What names of backends are looked up in. */
export interface BackendScope {
  readonly document: OpenapiDocument;
  /** `x-google-api-management.backends`. */
  readonly backends: ReadonlyMap<string, BackendRule>;
}

/**
 * `x-google-backend` of the root, a path or an operation: the name of a backend. The innermost one counts. A backend
 * without `pathTranslation` appends the path where the root names it and keeps the address where a path or an operation
 * does, as in OpenAPI 2.0. Undefined without the extension and for a name that is not defined, which is reported.
 */
export function googleBackend(
  { document, backends }: BackendScope,
  node: MappingNode,
  level: 'root' | 'inner',
): BackendRule | undefined {
  const value = findExtension(document, node, extensionName);
  if (value === undefined) return undefined;
  const name = stringOf(value);
  const rule = name === undefined ? undefined : copyBackend(document, backends.get(name));
  if (name === undefined) reportType(document, value);
  else if (rule === undefined) reportUndefined({ document, backends }, name, value);
  return rule && applyBackendDefaults(rule, defaultTranslation[level]);
}

const defaultTranslation: Readonly<Record<'root' | 'inner', BackendRule_PathTranslation>> = {
  root: BackendRule_PathTranslation.APPEND_PATH_TO_ADDRESS,
  inner: BackendRule_PathTranslation.CONSTANT_ADDRESS,
};

function reportType(document: OpenapiDocument, at: SourceNode): void {
  document.context.diagnostics.error({
    rule: 'extension-type',
    location: namedLocation(document, extensionName),
    message: `Extension ${extensionName} has invalid type. Valid type is java.lang.String`,
    hint: 'Move the backend to x-google-api-management.backends and write its name here.',
    at,
  });
}

function reportUndefined({ document, backends }: BackendScope, name: string, at: SourceNode): void {
  document.context.diagnostics.error({
    rule: 'backend-undefined',
    location: namedLocation(document, extensionName),
    message: `Extension ${extensionName} names the backend '${name}', which is not defined in x-google-api-management.backends.`,
    hint: nameHint(name, backends.keys()) ?? `Define it as x-google-api-management.backends.${name}.`,
    at,
  });
}
