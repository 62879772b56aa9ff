import { toMethodName } from '../model/naming.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import type { OpenapiDocument, Spot } from './openapi-document.ts';

/** Method names given so far in one document, with the operationId that gave each. */
export type MethodNames = Map<string, string>;

/** Method name of an operation; undefined, and reported, without an operationId or when the name is taken. */
export function readMethodName(
  document: OpenapiDocument,
  operation: MappingNode,
  taken: MethodNames,
  { place, location }: Spot,
): string | undefined {
  const node = child(operation, 'operationId');
  const operationId = document.reader.string(node, 'operationId');
  if (operationId === undefined && node !== undefined) return undefined;
  const methodName = toMethodName(operationId ?? '');
  const spot: Spot = { place: node ?? place, location };
  if (operationId === undefined || methodName === '') {
    reportMissing(document, spot);
    return undefined;
  }
  const other = taken.get(methodName);
  if (other === undefined) {
    taken.set(methodName, operationId);
    return methodName;
  }
  if (operationId === other) reportDuplicateId(document, operationId, spot);
  else reportCollision(document, { operationId, other, methodName }, spot);
  return undefined;
}

function reportMissing(document: OpenapiDocument, spot: Spot): void {
  document.context.diagnostics.error({
    rule: 'operation-id-missing',
    location: spot.location,
    message: `Operation does not have the required 'operationId' field. Please specify unique value for 'operationId' field for all operations.`,
    hint: 'Add an operationId with at least one letter, digit or underscore: it becomes the name of the method.',
    at: spot.place,
  });
}

/** Two operations with one id. */
export function reportDuplicateId(document: OpenapiDocument, operationId: string, spot: Spot): void {
  document.context.diagnostics.error({
    rule: 'operation-id-duplicate',
    location: spot.location,
    message: `operationId '${operationId}' has duplicate entry`,
    hint: 'Give every operation an id of its own.',
    at: spot.place,
  });
}

function reportCollision(
  document: OpenapiDocument,
  names: { readonly operationId: string; readonly other: string; readonly methodName: string },
  spot: Spot,
): void {
  const { operationId, other, methodName } = names;
  document.context.diagnostics.error({
    rule: 'operation-id-collision',
    location: document.fileName,
    message: `operationId '${operationId}' has duplicate entry. Duplicate operationId found is '${other}'. The two operationIds result into same underlying method name '${methodName}'. Please use unique values for operationId`,
    hint: 'Only letters, digits and underscores count, and the first letter is taken as upper case.',
    at: spot.place,
  });
}
