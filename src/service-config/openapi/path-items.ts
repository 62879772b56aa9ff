import { child, keyPlace, stringOf } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import { operationLocation } from './openapi-document.ts';
import type { OpenapiDocument, Spot } from './openapi-document.ts';
import { reportDuplicateId } from './operation-id.ts';
import { resolveNode } from './resolve-node.ts';

/** A path of a document with what stands under it, its reference followed. */
export interface PathItem {
  readonly path: string;
  readonly node: MappingNode;
  readonly spot: Spot;
}

/** An operation where it stands. */
export interface OperationSource {
  readonly path: string;
  readonly verb: string;
  readonly pathItem: MappingNode;
  readonly operation: MappingNode;
  readonly spot: Spot;
}

/**
 * The path items under `paths`, by the characters of their paths. An item that several paths refer to is read once: its
 * operations would have one id each for several methods, which is reported, and a few lines could make the work of
 * megabytes.
 */
export function readPathItems(
  document: OpenapiDocument,
  paths: SourceNode | undefined,
  verbs: readonly string[],
): PathItem[] {
  const mapping = document.reader.mapping(paths, 'paths');
  if (mapping === undefined) return [];
  const names = [...mapping.entries.keys()].filter((name) => !name.startsWith('x-')).sort();
  const items = names.flatMap((path) => readPathItem(document, mapping, path) ?? []);
  const read = new Set<MappingNode>();
  return items.filter((item) => {
    if (read.has(item.node)) return reportRepeated(document, item, verbs);
    read.add(item.node);
    return true;
  });
}

function readPathItem(document: OpenapiDocument, paths: MappingNode, path: string): PathItem | undefined {
  const spot: Spot = { place: keyPlace(paths, path), location: `${document.fileName}: Path '${path}'` };
  const value = child(paths, path);
  // A path that is not found would silently lose its routes, so it is an error.
  const target = value === undefined ? undefined : resolveNode(document, value, spot, 'error');
  const node = document.reader.mapping(target, `paths.${path}`);
  return node && { path, node, spot };
}

function reportRepeated(document: OpenapiDocument, item: PathItem, verbs: readonly string[]): false {
  for (const { operation, spot } of operationsOf(document, item, verbs)) {
    const operationId = stringOf(child(operation, 'operationId'));
    // One without an id was reported where it was read.
    if (operationId !== undefined)
      reportDuplicateId(document, operationId, { ...spot, place: item.spot.place });
  }
  return false;
}

/** The operations of a path, in the order of `verbs`. */
export function operationsOf(
  document: OpenapiDocument,
  { path, node: pathItem }: PathItem,
  verbs: readonly string[],
): OperationSource[] {
  return verbs.flatMap((verb) => {
    const operation = document.reader.mapping(child(pathItem, verb), `paths.${path}.${verb}`);
    if (operation === undefined) return [];
    const spot = { place: keyPlace(pathItem, verb), location: operationLocation(document, verb, path) };
    return [{ path, verb, pathItem, operation, spot }];
  });
}
