import type { Service } from '../../gen/google/api/service_pb.ts';

/** The configs being served, with their shares of the traffic. */
export interface Rollout {
  /** '' when the config came from a file or a fixed version. */
  readonly rolloutId: string;
  /** Largest share first. */
  readonly configs: ReadonlyArray<{ readonly service: Service; readonly percentage: number }>;
}

/** A rollout of one config. */
export function singleConfigRollout(service: Service): Rollout {
  return { rolloutId: '', configs: [{ service, percentage: 100 }] };
}
