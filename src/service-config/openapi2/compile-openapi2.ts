import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { emitService } from '../emit/emit-service.ts';
import { checkApiNames } from '../openapi/api-names.ts';
import { checkQuotaMetrics } from '../openapi/quota-metrics.ts';
import { agreeOnServiceName } from '../openapi/service-name.ts';
import type { MappingNode } from '../source/source-node.ts';
import { readOpenapi2 } from './read-document.ts';

/** Compiles the OpenAPI 2.0 documents of one service. The result counts only if no error was reported. */
export function compileOpenapi2(roots: readonly MappingNode[], context: CompileContext): Service {
  const models = roots.map((root) => readOpenapi2(root, context));
  const name = agreeOnServiceName(models, context);
  checkApiNames(models, context);
  checkQuotaMetrics(models, context);
  return emitService(name ?? '', models, context);
}
