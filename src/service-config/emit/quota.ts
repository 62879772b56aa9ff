import { create } from '@bufbuild/protobuf';

import type { Quota } from '../../gen/google/api/quota_pb.ts';
import { QuotaSchema } from '../../gen/google/api/quota_pb.ts';
import type { ApiModel } from '../model/api-model.ts';
import type { EmittedMethod } from './method.ts';

/** Limits of all documents and the costs of their methods; undefined when there are neither. */
export function emitQuota(models: readonly ApiModel[], methods: readonly EmittedMethod[]): Quota | undefined {
  const limits = models.flatMap(({ quotaLimits }) => quotaLimits);
  const metricRules = methods.flatMap(({ selector, operation }) => {
    if (operation.metricCosts === undefined) return [];
    operation.metricCosts.selector = selector;
    return [operation.metricCosts];
  });
  return limits.length + metricRules.length === 0 ? undefined : create(QuotaSchema, { limits, metricRules });
}
