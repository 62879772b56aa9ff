import { createRegistry, fromJson, type JsonValue, toJson } from '@bufbuild/protobuf';
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { ConfigFileSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Rollout } from './rollout.ts';

const registry = createRegistry(ConfigFileSchema);
const ownerOnly = 0o700;

interface StoredRollout {
  readonly rolloutId: string;
  readonly configs: ReadonlyArray<{ readonly percentage: number; readonly service: JsonValue }>;
}

/** Keeps the last rollout that served, so that a restart without a control plane has something to serve. */
export interface LastGoodRollout {
  /** Undefined when none was kept, or what was kept cannot be read. */
  read(): Rollout | undefined;
  /** Replaces what was kept, atomically; a disk that refuses costs a warning, not the traffic. */
  write(rollout: Rollout): void;
}

/** One file per service in `folder`, which is made for its owner alone. */
export function createLastGoodRollout(folder: string, serviceName: string, logger: Logger): LastGoodRollout {
  const path = join(folder, `${serviceName.replaceAll(/[^\w.-]/g, '_')}.json`);
  return {
    read() {
      try {
        return fromStored(JSON.parse(readFileSync(path, 'utf8')) as StoredRollout);
      } catch (error) {
        if (systemErrorCode(error) !== 'ENOENT')
          logger.warn({ path, problem: errorMessage(error) }, 'last good config cannot be read');
        return undefined;
      }
    },
    write(rollout) {
      try {
        mkdirSync(folder, { recursive: true, mode: ownerOnly });
        chmodSync(folder, ownerOnly);
        replaceFile(path, JSON.stringify(toStored(rollout)));
      } catch (error) {
        logger.warn({ path, problem: errorMessage(error) }, 'last good config cannot be kept');
      }
    },
  };
}

/** Keeps nothing. */
export const noLastGoodRollout: LastGoodRollout = { read: () => undefined, write: () => undefined };

function toStored({ rolloutId, configs }: Rollout): StoredRollout {
  return {
    rolloutId,
    configs: configs.map(({ percentage, service }) => ({
      percentage,
      service: toJson(ServiceSchema, service, { registry }),
    })),
  };
}

function fromStored({ rolloutId, configs }: StoredRollout): Rollout {
  return {
    rolloutId,
    configs: configs.map(({ percentage, service }) => ({
      percentage,
      service: fromJson(ServiceSchema, service, { registry, ignoreUnknownFields: true }),
    })),
  };
}
