import type { ResponseModel } from '../model/api-model.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import { resolveNode } from '../openapi/resolve-node.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { mainMediaType } from './content.ts';

/** What an operation answers when it succeeds: `2xx`, the range `2XX` and `default` count as success. */
export function readResponse(document: OpenapiDocument, operation: MappingNode, spot: Spot): ResponseModel {
  const responses = document.reader.mapping(child(operation, 'responses'), 'responses');
  const successes = [...(responses?.entries ?? [])].filter(([code]) => isSuccess(code));
  const [only] = successes;
  if (only === undefined) return { kind: 'empty' };
  if (successes.length > 1) return { kind: 'value' };
  const schema = mainMediaType(resolveNode(document, only[1].value, spot, 'warning'))?.schema;
  return schema === undefined ? { kind: 'value' } : { kind: 'schema', schema };
}

function isSuccess(code: string): boolean {
  return code.toLowerCase() === 'default' || code.startsWith('2');
}
