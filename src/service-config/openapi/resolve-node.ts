import { referenceOf } from '../source/source-set.ts';
import type { SourceNode } from '../source/source-node.ts';
import type { OpenapiDocument, Spot } from './openapi-document.ts';

/** A node, or what its `$ref` leads to. Undefined when that is nothing, which is reported. */
export function resolveNode(
  document: OpenapiDocument,
  node: SourceNode,
  spot: Spot,
  whenMissing: 'warning' | 'error',
): SourceNode | undefined {
  const reference = referenceOf(node);
  if (reference === undefined) return node;
  const resolved = document.context.sources.resolve(reference, node.source);
  if (resolved.kind === 'resolved') return resolved.node;
  const finding = {
    rule: `reference-${resolved.kind}`,
    location: spot.location,
    message: referenceMessage(resolved.kind, reference),
    at: node,
  };
  if (resolved.kind === 'missing' && whenMissing === 'warning') document.context.diagnostics.warning(finding);
  else document.context.diagnostics.error(finding);
  return undefined;
}

function referenceMessage(kind: 'outside' | 'missing' | 'circular', reference: string): string {
  switch (kind) {
    case 'outside':
      return `Reference ${reference} leaves the submitted files.`;
    case 'missing':
      return `Reference ${reference} cannot be resolved`;
    case 'circular':
      return `Reference ${reference} leads back to itself.`;
    default:
      return kind satisfies never;
  }
}
