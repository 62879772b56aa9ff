import { clone } from '@bufbuild/protobuf';

import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import { BackendRuleSchema } from '../../gen/google/api/backend_pb.ts';
import type { OpenapiDocument } from './openapi-document.ts';

/** A copy of a backend that several operations use: every operation has a rule of its own. It keeps its place. */
export function copyBackend(
  document: OpenapiDocument,
  rule: BackendRule | undefined,
): BackendRule | undefined {
  if (rule === undefined) return undefined;
  const copy = clone(BackendRuleSchema, rule);
  const origin = document.context.origins.of(rule);
  return origin === undefined ? copy : document.context.origins.set(copy, origin);
}
