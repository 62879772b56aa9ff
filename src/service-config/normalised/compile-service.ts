import { clone } from '@bufbuild/protobuf';

import type { Service } from '../../gen/google/api/service_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { CompileOptions, CompileResult } from '../compile.ts';
import { createContext } from '../context.ts';
import type { CompileContext } from '../context.ts';
import { DiagnosticCollector } from '../diagnostics/collector.ts';
import { checkUnique } from '../grpc/check-unique.ts';
import { expandSelectors } from '../grpc/expand-selectors.ts';
import { agreeOnName } from '../grpc/service-name.ts';
import { lintService } from '../lint/lint-service.ts';
import { checkConfigSize } from '../rules/check-config-size.ts';
import { checkService } from '../rules/check-service.ts';

/**
 * Takes a normalised config that is a message already, as CreateServiceConfig gets it: what {@link completeNormalised} does
 * to it, then the rules and lint of every config. `service` is not changed; findings have no places.
 */
export function compileService(service: Service, options: CompileOptions): CompileResult {
  const diagnostics = new DiagnosticCollector();
  const context = createContext(options, diagnostics);
  const completed = completeNormalised(clone(ServiceSchema, service), context);
  if (completed !== undefined) checkConfigSize(completed, context);
  if (completed !== undefined && !diagnostics.hasErrors) checkService(completed, context);
  if (completed !== undefined && !diagnostics.hasErrors) lintService(completed, context);
  return { service: diagnostics.hasErrors ? undefined : completed, diagnostics: diagnostics.list() };
}

/**
 * Gives a normalised config the name and the producer project that the caller knows, and expands its wildcard selectors,
 * for the proxies know none. Changes `service`; undefined when it contradicts itself or the caller, which is reported.
 */
export function completeNormalised(service: Service, context: CompileContext): Service | undefined {
  checkUnique(service, context);
  const name = agreeOnName([service], context);
  if (name === undefined || context.diagnostics.hasErrors) return undefined;
  service.name = name;
  expandSelectors(service, [], context);
  if (context.options.producerProjectId !== '') service.producerProjectId = context.options.producerProjectId;
  return context.diagnostics.hasErrors ? undefined : service;
}
