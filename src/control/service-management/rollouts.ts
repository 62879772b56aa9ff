import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { RolloutSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Rollout } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { ListServiceRolloutsResponseSchema } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type {
  CreateServiceRolloutRequest,
  GetServiceRolloutRequest,
  ListServiceRolloutsRequest,
  ListServiceRolloutsResponse,
} from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { unknownConfig } from './configs.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { recordOperation } from './operation-log.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { principalOf } from '../principal.ts';
import { isClientChosenId } from './resource-ids.ts';
import { parseRolloutFilter } from './rollout-filter.ts';
import { appendRollout } from './rollout-log.ts';
import { requireService } from './service-access.ts';

const limits: PageLimits = { kind: 'rollouts', defaultSize: 50, maxSize: 100 };
const wholeTraffic = 100;
/** Sums of fractions that are meant to be 100, such as three times 33.3333, are let through. */
const percentageTolerance = 0.01;

/** ListServiceRollouts: newest first. */
export async function listServiceRollouts(
  deps: ServiceManagementDependencies,
  request: ListServiceRolloutsRequest,
  context: CallContext,
): Promise<ListServiceRolloutsResponse> {
  const { serviceName } = request;
  await requireService(deps, context, { serviceName, permission: 'servicemanagement.services.get' });
  const page = await deps.store.rollouts.list(serviceName, {
    ...parsePageRequest(request, limits),
    ...parseRolloutFilter(request.filter),
  });
  return create(ListServiceRolloutsResponseSchema, {
    rollouts: page.records.map((record) => record.rollout),
    nextPageToken: formatPageToken(page.next, limits),
  });
}

/** GetServiceRollout. */
export async function getServiceRollout(
  deps: ServiceManagementDependencies,
  { serviceName, rolloutId }: GetServiceRolloutRequest,
  context: CallContext,
): Promise<Rollout> {
  await requireService(deps, context, { serviceName, permission: 'servicemanagement.services.get' });
  const record = await deps.store.rollouts.get(serviceName, rolloutId);
  if (record !== undefined) return record.rollout;
  throw new RpcError(RpcCode.NOT_FOUND, `Rollout '${rolloutId}' not found for service '${serviceName}'.`);
}

/**
 * CreateServiceRollout. The first one also enables the service in the project that produces it, so that the
 * producer's own keys work. Refusals: INVALID_ARGUMENT, NOT_FOUND for a config that is not there, ALREADY_EXISTS.
 */
export async function createServiceRollout(
  deps: ServiceManagementDependencies,
  request: CreateServiceRolloutRequest,
  context: CallContext,
): Promise<Operation> {
  const { serviceName } = request;
  const wish = validate(request);
  const deletes = wish.strategy.case === 'deleteServiceStrategy';
  const permission = `servicemanagement.services.${deletes ? 'delete' : 'update'}`;
  const { producerProjectId } = await requireService(deps, context, { serviceName, permission });
  const nowMs = deps.clock.nowMs();
  const createdBy = principalOf(context.caller);
  return deps.store.transaction(async (tx) => {
    await requireConfigs(tx, serviceName, wish);
    const isFirst = (await tx.rollouts.active(serviceName)) === undefined;
    const { rolloutId, strategy } = wish;
    const rollout = await appendRollout(tx, { serviceName, rolloutId, strategy, createdBy, nowMs });
    if (deletes) await tx.managedServices.setDeleted(serviceName, nowMs);
    else if (isFirst)
      await tx.enabledServices.enable({ projectId: producerProjectId, serviceName, enabledAtMs: nowMs });
    return recordOperation(tx, `operations/rollouts.${serviceName}:${randomUUID()}`, {
      serviceName,
      step: 'Roll out service config',
      startedAtMs: nowMs,
      outcome: { kind: 'response', response: anyPack(RolloutSchema, rollout) },
    });
  });
}

function validate({ serviceName, rollout }: CreateServiceRolloutRequest): Rollout {
  if (rollout === undefined) throw invalid('rollout must be given.');
  if (rollout.serviceName !== '' && rollout.serviceName !== serviceName)
    throw invalid(`The rollout names service '${rollout.serviceName}', the request '${serviceName}'.`);
  if (rollout.rolloutId !== '' && !isClientChosenId(rollout.rolloutId))
    throw invalid(`Invalid rollout id '${rollout.rolloutId}': up to 63 of a-z, 0-9, '.', '_' and '-'.`);
  if (rollout.strategy.case === undefined) throw invalid('The rollout must have a strategy.');
  if (rollout.strategy.case === 'trafficPercentStrategy')
    validatePercentages(Object.values(rollout.strategy.value.percentages));
  return rollout;
}

function validatePercentages(percentages: readonly number[]): void {
  if (percentages.some((percentage) => !(percentage > 0)))
    throw invalid('Every traffic percentage must be greater than 0.');
  const sum = percentages.reduce((total, percentage) => total + percentage, 0);
  if (Math.abs(sum - wholeTraffic) > percentageTolerance)
    throw invalid(`Traffic percentages must total 100, not ${sum}.`);
}

async function requireConfigs(tx: Store, serviceName: string, { strategy }: Rollout): Promise<void> {
  if (strategy.case !== 'trafficPercentStrategy') return;
  for (const configId of Object.keys(strategy.value.percentages))
    if ((await tx.serviceConfigs.get(serviceName, configId)) === undefined)
      throw unknownConfig(serviceName, configId);
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
