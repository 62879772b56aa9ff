import type { Rollout } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';

/** Id of the config that most of the traffic gets; undefined for a rollout that serves none, and without one. */
export function servedConfigId(rollout: Rollout | undefined): string | undefined {
  const strategy = rollout?.strategy;
  if (strategy?.case !== 'trafficPercentStrategy') return undefined;
  const shares = Object.entries(strategy.value.percentages).sort(([, a], [, b]) => b - a);
  return shares[0]?.[0];
}
