import type { SequenceNode, SourceNode } from '../../source/source-node.ts';
import { findExtension } from '../../openapi/extension.ts';
import type { OpenapiDocument, Spot } from '../../openapi/openapi-document.ts';
import type { MappingNode } from '../../source/source-node.ts';

const extensionName = 'x-security';

/** One scheme of `x-security` with the audiences that the operation takes for it. */
export interface SchemeAudiences {
  readonly scheme: string;
  readonly audiences: readonly string[];
  readonly node: SourceNode;
}

/** `x-security` of an operation or of the root: a list of alternatives, each a list of schemes that must all hold. */
export function securityExtension(
  document: OpenapiDocument,
  node: MappingNode,
  spot: Spot,
): ReadonlyArray<readonly SchemeAudiences[]> | undefined {
  const value = findExtension(document, node, extensionName);
  if (value === undefined) return undefined;
  if (value.kind !== 'sequence' || value.items.some((item) => item.kind !== 'mapping')) {
    report(
      document,
      spot,
      value,
      `Extension ${extensionName} does not have the valid value. Please check the documentation for its schema`,
    );
    return undefined;
  }
  return value.items.map((item) => readAlternative(document, item as MappingNode, spot));
}

function readAlternative(document: OpenapiDocument, item: MappingNode, spot: Spot): SchemeAudiences[] {
  const schemes: SchemeAudiences[] = [];
  for (const [scheme, { value }] of item.entries) {
    const list = value.kind === 'mapping' ? value.entries.get('audiences')?.value : undefined;
    if (isStringList(list)) {
      const audiences = list.items.map((audience) => (audience as { value: string }).value);
      schemes.push({ scheme, audiences, node: value });
    } else {
      report(
        document,
        spot,
        value,
        `Extension ${extensionName} does not have a valid value. Please check the documentation for its schema.`,
      );
    }
  }
  return schemes;
}

function isStringList(node: SourceNode | undefined): node is SequenceNode {
  return (
    node?.kind === 'sequence' &&
    node.items.every((item) => item.kind === 'scalar' && typeof item.value === 'string')
  );
}

function report(document: OpenapiDocument, spot: Spot, at: SourceNode, message: string): void {
  document.context.diagnostics.error({
    rule: 'x-security-value',
    location: spot.location,
    message,
    hint: 'Write a list such as: [{my_scheme: {audiences: [my-audience]}}]',
    at,
  });
}
