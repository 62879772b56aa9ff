import { GatewayError } from '../../core/errors.ts';
import {
  Rollout_RolloutStatus,
  type Rollout,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';

/** What a rollout says: which configs serve, and how much each. */
export interface ActiveRollout {
  readonly rolloutId: string;
  /** Shares in percent, largest first. */
  readonly shares: ReadonlyArray<{ readonly configId: string; readonly percentage: number }>;
}

/**
 * The rollout in force: the first successful one of a list that is newest first. Throws GatewayError CONTROL_REFUSED
 * when there is none, or when the service has been deleted.
 */
export function pickActiveRollout(rollouts: readonly Rollout[], serviceName: string): ActiveRollout {
  const rollout = rollouts.find(({ status }) => status === Rollout_RolloutStatus.SUCCESS);
  if (rollout === undefined) throw refused(`${serviceName} has no successful rollout`);
  if (rollout.strategy.case !== 'trafficPercentStrategy')
    throw refused(`rollout ${rollout.rolloutId} of ${serviceName} serves no config`);
  const shares = Object.entries(rollout.strategy.value.percentages)
    .filter(([, percentage]) => percentage > 0)
    .map(([configId, percentage]) => ({ configId, percentage }))
    .sort((a, b) => b.percentage - a.percentage);
  if (shares.length === 0) throw refused(`rollout ${rollout.rolloutId} of ${serviceName} serves no config`);
  return { rolloutId: rollout.rolloutId, shares };
}

function refused(message: string): GatewayError {
  return new GatewayError('CONTROL_REFUSED', { message });
}
