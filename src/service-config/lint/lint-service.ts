import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { runRules } from '../rules/run-rules.ts';
import type { ServiceRule } from '../rules/service-rule.ts';
import { ambiguousRouteRule } from './ambiguous-route.ts';
import { plaintextBackendRule } from './plaintext-backend.ts';
import { unreachableRouteRule } from './unreachable-route.ts';
import { verbCollisionRule } from './verb-collision.ts';

/** What is allowed and probably not meant, in the order of its findings. */
export const lintRules: readonly ServiceRule[] = [
  plaintextBackendRule,
  unreachableRouteRule,
  ambiguousRouteRule,
  verbCollisionRule,
];

/** Looks for insecure backends and routes that cannot be reached. */
export function lintService(service: Service, context: CompileContext): void {
  runRules(lintRules, service, context);
}
