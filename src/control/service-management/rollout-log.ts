import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  Rollout_RolloutStatus,
  RolloutSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Rollout } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { formatDailyId, idDay } from './resource-ids.ts';

/** What stays. Source: Service Management's retention rules. */
const keptRollouts = 100;
const keptSuccessfulRollouts = 10;

type Strategy = NonNullable<Exclude<MessageInitShape<typeof RolloutSchema>['strategy'], undefined>>;

/** A rollout to be made. */
export interface NewRollout {
  readonly serviceName: string;
  /** Chosen by the client; '' or absent lets the server choose. */
  readonly rolloutId?: string;
  readonly strategy: Strategy;
  readonly createdBy: string;
  readonly nowMs: number;
}

/**
 * Appends a rollout, which becomes the active one: proxies fetch configs themselves, so a rollout has succeeded
 * once it is on record. Throws ALREADY_EXISTS for an id that is taken. Call it in a transaction.
 */
export async function appendRollout(tx: Store, wish: NewRollout): Promise<Rollout> {
  const { serviceName, nowMs } = wish;
  const rollout = create(RolloutSchema, {
    rolloutId: wish.rolloutId || (await nextRolloutId(tx, serviceName, nowMs)),
    createTime: timestampFromMs(nowMs),
    createdBy: wish.createdBy,
    status: Rollout_RolloutStatus.SUCCESS,
    strategy: wish.strategy,
    serviceName,
  });
  const { rolloutId } = rollout;
  if (!(await tx.rollouts.insert({ serviceName, rolloutId, createdAtMs: nowMs, rollout })))
    throw new RpcError(
      RpcCode.ALREADY_EXISTS,
      `Rollout '${rolloutId}' of service '${serviceName}' already exists.`,
    );
  await tx.rollouts.prune(serviceName, keptRollouts, keptSuccessfulRollouts);
  return rollout;
}

/** How traffic was last split, whatever came after; undefined when nothing was ever rolled out. */
export async function lastTrafficStrategy(tx: Store, serviceName: string): Promise<Strategy | undefined> {
  const page = await tx.rollouts.list(serviceName, {
    limit: 1,
    status: Rollout_RolloutStatus.SUCCESS,
    strategy: 'trafficPercentStrategy',
  });
  return page.records[0]?.rollout.strategy;
}

async function nextRolloutId(tx: Store, serviceName: string, nowMs: number): Promise<string> {
  const day = idDay(nowMs);
  return formatDailyId(day, await tx.rollouts.nextCounter(serviceName, day));
}
