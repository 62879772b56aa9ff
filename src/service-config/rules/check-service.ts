import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { runRules } from './run-rules.ts';
import type { ServiceRule } from './service-rule.ts';

/** Every rule that a config must meet, in the order of its findings. */
export const serviceRules: readonly ServiceRule[] = [];

/** Checks a config, whether compiled here or submitted normalised. */
export function checkService(service: Service, context: CompileContext): void {
  runRules(serviceRules, service, context);
}
