import { create } from '@bufbuild/protobuf';

import type { UsageRule } from '../../gen/google/api/usage_pb.ts';
import { UsageRuleSchema } from '../../gen/google/api/usage_pb.ts';
import type { CompileContext } from '../context.ts';
import type { EmittedMethod } from './method.ts';

/** Whether a method may be called without an API key. */
export function emitUsageRule({ selector, operation }: EmittedMethod, context: CompileContext): UsageRule {
  const rule = create(UsageRuleSchema, {
    selector,
    allowUnregisteredCalls: !operation.security.requiresApiKey,
  });
  return context.origins.set(rule, operation);
}
