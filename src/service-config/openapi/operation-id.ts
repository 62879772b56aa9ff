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
  spot: Spot,
): string | undefined {
  const node = child(operation, 'operationId');
  const operationId = document.reader.string(node, 'operationId');
  if (operationId === undefined && node !== undefined) return undefined;
  const methodName = toMethodName(operationId ?? '');
  if (operationId === undefined || methodName === '') {
    report(
      document,
      'operation-id-missing',
      `Operation does not have the required 'operationId' field. Please specify unique value for 'operationId' field for all operations.`,
      { place: node ?? spot.place, location: spot.location },
    );
    return undefined;
  }
  const other = taken.get(methodName);
  if (other !== undefined) {
    reportDuplicate(document, operationId, other, methodName, {
      place: node ?? spot.place,
      location: spot.location,
    });
    return undefined;
  }
  taken.set(methodName, operationId);
  return methodName;
}

function reportDuplicate(
  document: OpenapiDocument,
  operationId: string,
  other: string,
  methodName: string,
  spot: Spot,
): void {
  const duplicate = `operationId '${operationId}' has duplicate entry`;
  if (operationId === other) {
    report(document, 'operation-id-duplicate', duplicate, spot);
    return;
  }
  report(
    document,
    'operation-id-collision',
    `${duplicate}. Duplicate operationId found is '${other}'. The two operationIds result into same underlying method name '${methodName}'. Please use unique values for operationId`,
    { place: spot.place, location: document.fileName },
  );
}

function report(document: OpenapiDocument, rule: string, message: string, spot: Spot): void {
  document.context.diagnostics.error({ rule, location: spot.location, message, at: spot.place });
}
