import { LRUCache } from 'lru-cache';
import type { Service } from '../../gen/google/api/service_pb.ts';
import type { Store } from '../../store/store.ts';
import { servedConfigId } from '../served-config.ts';

/** A service as calls about it are judged. */
export interface ServedService {
  readonly serviceName: string;
  readonly producerProjectId: string;
  /** Config that the call is judged by: the one the caller names, if it exists, else the one in force. */
  readonly configId: string;
  /** Rollout in force; '' before the first one. */
  readonly rolloutId: string;
  /** Undefined before the first config. */
  readonly config: Service | undefined;
}

/** What Service Control needs to know about services. */
export interface ServiceDirectory {
  /** Undefined for a service that does not exist or was deleted. `configId` '' asks for the one in force. */
  find(serviceName: string, configId: string): Promise<ServedService | undefined>;
}

const maxConfigs = 200;

/**
 * Services, configs and rollouts as the store has them. Configs never change, so decoded ones are kept; which one is in
 * force is read every time, so that a rollout counts at once.
 */
export function createServiceDirectory(
  store: Pick<Store, 'managedServices' | 'rollouts' | 'serviceConfigs'>,
): ServiceDirectory {
  const configs = new LRUCache<string, Service>({ max: maxConfigs });
  const findConfig = async (serviceName: string, configId: string): Promise<Service | undefined> => {
    if (configId === '') return undefined;
    const key = `${serviceName}\0${configId}`;
    const known = configs.get(key);
    if (known !== undefined) return known;
    const record = await store.serviceConfigs.get(serviceName, configId);
    if (record !== undefined) configs.set(key, record.service);
    return record?.service;
  };
  return {
    async find(serviceName, configId) {
      const service = await store.managedServices.get(serviceName);
      if (service === undefined || service.deletedAtMs !== undefined) return undefined;
      const rollout = (await store.rollouts.active(serviceName))?.rollout;
      const asked = await findConfig(serviceName, configId);
      const inForce = servedConfigId(rollout) ?? '';
      const config = asked ?? (await findConfig(serviceName, inForce));
      return {
        serviceName,
        producerProjectId: service.producerProjectId,
        configId: asked === undefined ? inForce : configId,
        rolloutId: rollout?.rolloutId ?? '',
        config,
      };
    },
  };
}
