import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { emitService } from '../emit/emit-service.ts';
import { checkApiNames } from '../openapi/api-names.ts';
import { checkQuotaMetrics } from '../openapi/quota-metrics.ts';
import { agreeOnServiceName } from '../openapi/service-name.ts';
import type { MappingNode } from '../source/source-node.ts';
import { readOpenapi3 } from './read-document.ts';

/**
 * Compiles the OpenAPI 3.0 and 3.1 documents of one service. Undefined when a document does not say its host, without
 * which nothing has a name; otherwise the result counts only if no error was reported.
 */
export function compileOpenapi3(roots: readonly MappingNode[], context: CompileContext): Service | undefined {
  const models = roots.map((root) => readOpenapi3(root, context));
  // Every missing host has been reported by its own document.
  if (models.some(({ hostPlace }) => hostPlace === undefined)) return undefined;
  const name = agreeOnServiceName(models, context);
  checkApiNames(models, context);
  checkQuotaMetrics(models, context);
  return name === undefined ? undefined : emitService(name, models, context);
}
