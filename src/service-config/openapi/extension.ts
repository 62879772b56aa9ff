import { keyPlace } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import { namedLocation } from './openapi-document.ts';
import type { OpenapiDocument } from './openapi-document.ts';

/**
 * Value of an extension under its present or an old name. An old name is warned of; two names at once are an error and
 * count as none.
 */
export function findExtension(
  document: OpenapiDocument,
  node: MappingNode,
  name: string,
  ...oldNames: readonly string[]
): SourceNode | undefined {
  for (const oldName of oldNames) if (node.entries.has(oldName)) warnOfOldName(document, node, name, oldName);
  const used = [...oldNames, name].filter((candidate) => node.entries.has(candidate));
  if (used.length > 1) {
    document.context.diagnostics.error({
      rule: 'extension-named-twice',
      location: namedLocation(document, name),
      message: `OpenAPI spec is invalid since multiple extension definitions '${used.join(',')}' for the same extension are used. Please provide only one extension definition with name '${name}'.`,
      at: keyPlace(node, used[0] as string),
    });
    return undefined;
  }
  const [only] = used;
  return only === undefined ? undefined : node.entries.get(only)?.value;
}

function warnOfOldName(document: OpenapiDocument, node: MappingNode, name: string, oldName: string): void {
  document.context.diagnostics.warning({
    rule: 'extension-old-name',
    location: namedLocation(document, oldName),
    message: `Extension name ${oldName} has been deprecated, please rename it to ${name}.`,
    at: keyPlace(node, oldName),
  });
}

/** Reports an extension whose value has the wrong JSON type; `type` is Service Management's name of the right one. */
export function reportExtensionType(
  document: OpenapiDocument,
  node: SourceNode,
  name: string,
  type: 'java.lang.String' | 'java.lang.Boolean',
): void {
  document.context.diagnostics.error({
    rule: 'extension-type',
    location: namedLocation(document, name),
    message: `Extension ${name} has invalid type. Valid type is ${type}`,
    hint: type === 'java.lang.String' ? 'Write a string.' : 'Write true or false.',
    at: node,
  });
}

/** String value of an extension; a value of another type is reported. */
export function stringExtension(
  document: OpenapiDocument,
  node: SourceNode | undefined,
  name: string,
): string | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
  reportExtensionType(document, node, name, 'java.lang.String');
  return undefined;
}

/** Boolean value of an extension; a value of another type is reported. */
export function booleanExtension(
  document: OpenapiDocument,
  node: SourceNode | undefined,
  name: string,
): boolean | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
  reportExtensionType(document, node, name, 'java.lang.Boolean');
  return undefined;
}
