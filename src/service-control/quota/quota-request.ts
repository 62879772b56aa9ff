import { create } from '@bufbuild/protobuf';
import {
  AllocateQuotaRequestSchema,
  QuotaError_CodeSchema,
  QuotaOperation_QuotaMode,
  type AllocateQuotaRequest,
  type AllocateQuotaResponse,
} from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import { agentLabels, systemLabels, type CallerIdentity } from '../labels.ts';
import type { QuotaOutcome, QuotaRequest } from '../service-controller.ts';

/** What the cache puts on the wire. */
export type QuotaMode = 'NORMAL' | 'BEST_EFFORT' | 'CHECK_ONLY';

/** Cost by metric name. */
export type QuotaCosts = ReadonlyMap<string, number>;

/**
 * An AllocateQuotaRequest. A caller without a key is counted against the producer's project.
 * Source: espv2 request_builder.cc FillAllocateQuotaRequest, esp proto.cc.
 */
export function buildQuotaRequest(
  request: QuotaRequest,
  caller: CallerIdentity & { readonly producerProjectId: string; readonly carriesReferer: boolean },
  call: {
    readonly configId: string;
    readonly operationId: string;
    readonly costs: QuotaCosts;
    readonly mode: QuotaMode;
  },
): AllocateQuotaRequest {
  const labels = agentLabels(caller);
  if (request.callerIp !== '') labels[systemLabels.callerIp] = request.callerIp;
  if (caller.carriesReferer && request.referer !== '') labels[systemLabels.referer] = request.referer;
  return create(AllocateQuotaRequestSchema, {
    serviceName: caller.serviceName,
    serviceConfigId: call.configId,
    allocateOperation: {
      operationId: call.operationId,
      methodName: request.operationName,
      consumerId: quotaConsumer(request, caller.producerProjectId),
      labels,
      quotaMode: QuotaOperation_QuotaMode[call.mode],
      quotaMetrics: [...call.costs].map(([metricName, cost]) => ({
        metricName,
        metricValues: [{ value: { case: 'int64Value' as const, value: BigInt(cost) } }],
      })),
    },
  });
}

/** Who pays. */
export function quotaConsumer(request: QuotaRequest, producerProjectId: string): string {
  return request.apiKey === '' ? `project:${producerProjectId}` : `api_key:${request.apiKey}`;
}

/** What an answer means. Only the first error counts; an unspecified one is none. */
export function toQuotaOutcome(response: AllocateQuotaResponse): QuotaOutcome {
  const error = response.allocateErrors[0];
  if (error === undefined || error.code === 0) return quotaAllowed;
  const code = QuotaError_CodeSchema.value[error.code]?.name ?? String(error.code);
  return { kind: 'denied', code, description: error.description };
}

export const quotaAllowed: QuotaOutcome = { kind: 'allowed' };
