import { clone } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { SourceInfo } from '../../gen/google/api/source_info_pb.ts';
import type { ManagedServiceRecord } from '../../store/managed-services.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { formatDailyId, idDay } from './resource-ids.ts';

/** What stays besides the configs that are rolled out. Source: Service Management's retention rules. */
const keptConfigs = 100;

/** A config to be kept. */
export interface NewConfig {
  readonly owner: ManagedServiceRecord;
  /** Its `id` may be empty; `name` and `producerProjectId` are set here. */
  readonly service: Service;
  readonly sources: SourceInfo | undefined;
  readonly nowMs: number;
}

/**
 * Appends a config under the id of its message, or under the day's next id when that is empty, and returns it as
 * stored, without sources. Throws ALREADY_EXISTS for an id that is taken. Call it in a transaction.
 */
export async function appendConfig(tx: Store, wish: NewConfig): Promise<Service> {
  const { serviceName } = wish.owner;
  const service = await completeConfig(tx, wish);
  const record = { serviceName, configId: service.id, createdAtMs: wish.nowMs, service };
  if (!(await tx.serviceConfigs.insert(record, wish.sources)))
    throw new RpcError(
      RpcCode.ALREADY_EXISTS,
      `Service config '${service.id}' of service '${serviceName}' already exists.`,
    );
  await prune(tx, serviceName);
  return service;
}

/** The config as {@link appendConfig} would keep it: what a validation answers with, for gcloud wants an id there too. */
export async function completeConfig(tx: Store, wish: NewConfig): Promise<Service> {
  const { serviceName, producerProjectId } = wish.owner;
  const service = clone(ServiceSchema, wish.service);
  delete service.sourceInfo;
  service.name = serviceName;
  service.producerProjectId = producerProjectId;
  if (service.id === '') service.id = await nextConfigId(tx, serviceName, wish.nowMs);
  return service;
}

async function nextConfigId(tx: Store, serviceName: string, nowMs: number): Promise<string> {
  const day = idDay(nowMs);
  return formatDailyId(day, await tx.serviceConfigs.nextCounter(serviceName, day));
}

async function prune(tx: Store, serviceName: string): Promise<void> {
  const active = await tx.rollouts.active(serviceName);
  const strategy = active?.rollout.strategy;
  const served = strategy?.case === 'trafficPercentStrategy' ? Object.keys(strategy.value.percentages) : [];
  await tx.serviceConfigs.prune(serviceName, keptConfigs, served);
}
