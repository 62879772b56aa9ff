import { create } from '@bufbuild/protobuf';

import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import { BackendRuleSchema } from '../../gen/google/api/backend_pb.ts';
import type { Origins } from '../model/origins.ts';
import type { EmittedMethod } from './method.ts';

/** Every method has a backend rule, with nothing but its selector when the document names no backend. */
export function emitBackendRule({ selector, operation }: EmittedMethod, origins: Origins): BackendRule {
  const rule = operation.backend ?? create(BackendRuleSchema);
  rule.selector = selector;
  return origins.of(rule) === undefined ? origins.set(rule, operation) : rule;
}
