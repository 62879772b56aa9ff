import { findExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { child, keyPlace } from '../../source/source-node.ts';
import type { MappingNode } from '../../source/source-node.ts';

const extensionName = 'x-google-parameter';

/**
 * `x-google-parameter` of a path parameter: `pattern: "**"` lets it match several segments, which 2.0 writes as
 * `{name=**}` in the path. Undefined without it; `*`, one segment, is what every path parameter matches.
 */
export function googleParameter(
  document: OpenapiDocument,
  parameter: MappingNode,
  place: string,
): '*' | '**' | undefined {
  const value = findExtension(document, parameter, extensionName);
  const node = document.reader.mapping(value, extensionName);
  if (node === undefined) return undefined;
  const location = namedLocation(document, extensionName);
  if (place !== 'path') {
    document.context.diagnostics.warning({
      rule: 'extension-without-effect',
      location,
      message: `Extension '${extensionName}' has no effect on a parameter in ${place}.`,
      at: keyPlace(parameter, extensionName),
    });
    return undefined;
  }
  const what = `${extensionName}.pattern`;
  const pattern = document.reader.string(child(node, 'pattern'), what);
  const unknown = [...node.entries.keys()].find((key) => key !== 'pattern');
  if (unknown === undefined && (pattern === '*' || pattern === '**')) return pattern;
  document.context.diagnostics.error({
    rule: 'google-parameter',
    location,
    message:
      unknown === undefined
        ? `The pattern of ${extensionName} must be * or **.`
        : `Extension ${extensionName} has an unknown field '${unknown}'. Its field is pattern.`,
    hint: 'Write x-google-parameter: {pattern: "**"}',
    at: unknown === undefined ? (child(node, 'pattern') ?? node) : keyPlace(node, unknown),
  });
  return undefined;
}
