import { Rollout_RolloutStatus } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { RpcCode } from '../../core/status.ts';
import type { RolloutSelection } from '../../store/rollouts.ts';
import { RpcError } from '../rpc/rpc-error.ts';

/** The strategies as the filter spells them, with the fields that hold them. */
const strategies: Readonly<Record<string, NonNullable<RolloutSelection['strategy']>>> = {
  TrafficPercentStrategy: 'trafficPercentStrategy',
  DeleteServiceStrategy: 'deleteServiceStrategy',
};

/**
 * Reads the `filter` of ListServiceRollouts: `status=SUCCESS` and `strategy='TrafficPercentStrategy'`, alone or
 * joined by AND. Empty selects everything: gcloud sends no filter although the contract calls it required.
 * Throws INVALID_ARGUMENT for anything else.
 */
export function parseRolloutFilter(text: string): RolloutSelection {
  let filter: RolloutSelection = {};
  if (text.trim() === '') return filter;
  for (const term of text.split(/\s+AND\s+/i)) filter = { ...filter, ...parseTerm(term.trim(), text) };
  return filter;
}

function parseTerm(term: string, filter: string): RolloutSelection {
  const match = /^(status|strategy)\s*=\s*(?:'([^']*)'|"([^"]*)"|(\w+))$/.exec(term);
  const value = match?.[2] ?? match?.[3] ?? match?.[4];
  if (match?.[1] === 'status') {
    const status = Object.entries(Rollout_RolloutStatus).find(([name]) => name === value)?.[1];
    if (status !== undefined) return { status };
  } else if (match?.[1] === 'strategy') {
    const strategy = Object.entries(strategies).find(([name]) => name === value)?.[1];
    if (strategy !== undefined) return { strategy };
  }
  throw new RpcError(
    RpcCode.INVALID_ARGUMENT,
    `Invalid filter '${filter}': use status=SUCCESS (or another status) and strategy='TrafficPercentStrategy', joined by AND.`,
  );
}
