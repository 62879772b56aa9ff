import { create } from '@bufbuild/protobuf';
import {
  AllocateQuotaResponseSchema,
  QuotaError_Code,
  QuotaOperation_QuotaMode,
  QuotaOperation_QuotaModeSchema,
  type AllocateQuotaRequest,
  type AllocateQuotaResponse,
  type QuotaController,
  type QuotaOperation,
} from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import type { Store } from '../../store/store.ts';
import type { UnaryHandler } from '../rpc/service.ts';
import { invalidArgument, openService, permissions } from './access.ts';
import { decideQuota, type LimitState, type QuotaDecision, type QuotaMode } from './decide-quota.ts';
import { readQuotaCosts } from './quota-costs.ts';
import { effectiveLimits, type EffectiveLimit } from './quota-limits.ts';
import { toQuotaUsage } from './quota-usage.ts';
import { resolveConsumer, type ConsumerProblemCode, type ResolvedConsumer } from './resolve-consumer.ts';
import type { ServiceControlParts } from './service-control-parts.ts';
import type { ServedService } from './service-directory.ts';

const usedMetric = 'serviceruntime.googleapis.com/api/consumer/quota_used_count';
const exceededMetric = 'serviceruntime.googleapis.com/quota/exceeded';

/**
 * QuotaController.AllocateQuota: counts per service, consumer project and metric in windows that start with the minute.
 * Reading, deciding and spending are one transaction, so that the limit holds exactly, whoever asks at once.
 */
export function createAllocateQuota(
  parts: ServiceControlParts,
): UnaryHandler<(typeof QuotaController)['method']['allocateQuota']> {
  return async (request, context) => {
    const service = await openService(request, permissions.quota, { ...parts, context });
    const { operation, mode } = requireOperation(request);
    const costs = readQuotaCosts(operation, service.config, mode === 'ADJUST_ONLY');
    if (costs === undefined) throw invalidArgument();
    const nowMs = parts.clock.nowMs();
    const consumer = await resolveConsumer(operation.consumerId, parts.store, nowMs);
    if (consumer.kind === 'problem') return refuse(operation, service, consumer);
    const { projectNumber } = consumer.project;
    const decision = await parts.store.transaction((tx) =>
      allocate(tx, {
        service,
        projectNumber,
        costs,
        mode,
        nowMs,
        methodName: operation.methodName,
        credentialId: consumer.key === undefined ? '' : `apikey:${consumer.key.uid}`,
      }),
    );
    return toResponse({ operation, service, mode, decision, consumer: `project_number:${projectNumber}` });
  };
}

function requireOperation(request: AllocateQuotaRequest): { operation: QuotaOperation; mode: QuotaMode } {
  const operation = request.allocateOperation;
  if (operation === undefined || operation.operationId === '' || operation.consumerId === '')
    throw invalidArgument();
  const mode = QuotaOperation_QuotaModeSchema.value[operation.quotaMode]?.name;
  if (mode === undefined || operation.quotaMode === QuotaOperation_QuotaMode.UNSPECIFIED)
    throw invalidArgument();
  // The names of the enum, without the unspecified one, are the modes.
  return { operation, mode: mode as QuotaMode };
}

async function allocate(
  tx: Store,
  call: {
    readonly service: ServedService;
    readonly projectNumber: string;
    readonly costs: ReadonlyMap<string, number>;
    readonly mode: QuotaMode;
    readonly nowMs: number;
    readonly methodName: string;
    readonly credentialId: string;
  },
): Promise<QuotaDecision> {
  const { service, projectNumber, costs, mode, nowMs } = call;
  const overrides = await tx.quota.listOverrides(service.serviceName, projectNumber);
  const limits = effectiveLimits(service.config, overrides).filter(({ metric }) => costs.has(metric));
  const keyOf = ({ metric, windowMs }: EffectiveLimit) => ({
    serviceName: service.serviceName,
    projectNumber,
    metric,
    windowMs,
    windowStartMs: nowMs - (nowMs % windowMs),
  });
  const states: LimitState[] = [];
  for (const limit of limits) states.push({ limit, spent: await tx.quota.spent(keyOf(limit)) });
  const decision = decideQuota(mode, costs, states);
  // Two limits of one metric may share a window: it is spent from once.
  const windows = new Map(limits.map((limit) => [`${limit.metric}\0${limit.windowMs}`, limit]));
  for (const limit of windows.values()) {
    const amount = decision.spend.get(limit.metric) ?? 0;
    if (amount !== 0) await tx.quota.spend(keyOf(limit), amount);
  }
  await tx.usage.record(toQuotaUsage(service, { ...call, spend: decision.spend, atMs: nowMs }));
  return decision;
}

function toResponse(answer: {
  readonly operation: QuotaOperation;
  readonly service: ServedService;
  readonly mode: QuotaMode;
  readonly decision: QuotaDecision;
  readonly consumer: string;
}): AllocateQuotaResponse {
  const { operation, service, decision, consumer } = answer;
  const used = [...decision.spend]
    .filter(([, amount]) => amount !== 0)
    .map(([metric, amount]) => ({
      labels: { '/quota_group_name': metric },
      value: { case: 'int64Value' as const, value: BigInt(amount) },
    }));
  const exceeded = decision.exceeded.map(({ name }) => ({
    labels: { '/quota_name': name },
    value: { case: 'boolValue' as const, value: true },
  }));
  return create(AllocateQuotaResponseSchema, {
    operationId: operation.operationId,
    serviceConfigId: service.configId,
    quotaMetrics: [
      ...(used.length > 0 ? [{ metricName: usedMetric, metricValues: used }] : []),
      ...(exceeded.length > 0 ? [{ metricName: exceededMetric, metricValues: exceeded }] : []),
    ],
    allocateErrors: !decision.isDenied
      ? []
      : decision.exceeded.map((limit) => ({
          code: QuotaError_Code.RESOURCE_EXHAUSTED,
          subject: consumer,
          description: describe(limit, service.serviceName, consumer),
        })),
  });
}

/** Shown to the caller of the API. */
function describe(limit: EffectiveLimit, serviceName: string, consumer: string): string {
  return `Quota exceeded for quota metric '${limit.metric}' and limit '${limit.name}' of service '${serviceName}' for consumer '${consumer}'.`;
}

/** Quota knows fewer words than Check. */
const quotaCodes: Readonly<Record<ConsumerProblemCode, QuotaError_Code>> = {
  API_KEY_INVALID: QuotaError_Code.API_KEY_INVALID,
  API_KEY_NOT_FOUND: QuotaError_Code.API_KEY_INVALID,
  API_KEY_EXPIRED: QuotaError_Code.API_KEY_EXPIRED,
  PROJECT_DELETED: QuotaError_Code.PROJECT_DELETED,
  PROJECT_INVALID: QuotaError_Code.PROJECT_DELETED,
  CONSUMER_INVALID: QuotaError_Code.PROJECT_DELETED,
};

/** Shown to the caller of the API, so they do not repeat what it sent. */
const quotaTexts: Readonly<Record<ConsumerProblemCode, string>> = {
  API_KEY_INVALID: 'API key not valid. Please pass a valid API key.',
  API_KEY_NOT_FOUND: 'API key not found. Please pass a valid API key.',
  API_KEY_EXPIRED: 'API key expired. Please renew the API key.',
  PROJECT_DELETED: 'Project has been deleted.',
  PROJECT_INVALID: 'Client project not valid. Please pass a valid project.',
  CONSUMER_INVALID: 'Client project not valid. Please pass a valid project.',
};

function refuse(
  operation: QuotaOperation,
  service: ServedService,
  problem: Extract<ResolvedConsumer, { kind: 'problem' }>,
): AllocateQuotaResponse {
  return create(AllocateQuotaResponseSchema, {
    operationId: operation.operationId,
    serviceConfigId: service.configId,
    allocateErrors: [
      { code: quotaCodes[problem.code], subject: problem.subject, description: quotaTexts[problem.code] },
    ],
  });
}
