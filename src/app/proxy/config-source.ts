import type { Clock } from '../../core/clock.ts';
import { ConfigError, errorMessage, GatewayError } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import { pickActiveRollout } from '../../service-control/rollout/active-rollout.ts';
import { pause } from '../../service-control/rollout/pause.ts';
import { createRolloutWatcher, type RolloutWatcher } from '../../service-control/rollout/rollout-watcher.ts';
import type { ServiceManagementClient } from '../../service-control/service-management-client.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { LastGoodRollout } from './last-good-rollout.ts';
import { readServiceFile } from './read-service-file.ts';
import { type Rollout, singleConfigRollout } from './rollout.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

/** Where the configs being served come from, and what keeps them up to date. */
export interface ConfigSource extends Closeable {
  /** Applies the first rollout. Rejects when there is none to be had, not even the last good one. */
  start(): Promise<void>;
  /** Looks again at once: SIGHUP. A failure is logged and changes nothing. */
  reload(): Promise<void>;
  /** Takes a rollout id that Service Control mentioned. */
  notice(rolloutId: string): void;
  readonly remoteRolloutCalls: number;
}

export interface ConfigSourceDeps {
  /** `maxRetries` undefined: as often as the client does by itself, some minutes long. */
  readonly client: (serviceName: string, maxRetries: number | undefined) => ServiceManagementClient;
  /** Takes a rollout into service; rejects when it cannot serve. */
  readonly apply: (rollout: Rollout) => void | Promise<void>;
  readonly lastGood: LastGoodRollout;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The source that the settings name. */
export function createConfigSource(settings: ProxySettings, deps: ConfigSourceDeps): ConfigSource {
  const { source } = settings;
  switch (source.kind) {
    case 'file':
      return new FixedSource(() => singleConfigRollout(readServiceFile(source.path)), {
        ...deps,
        lastGood: undefined,
      });
    case 'fixed': {
      const own = { ...deps, lastGood: ofConfig(source.configId, deps.lastGood) };
      return new FixedSource(() => fetchFixed(source, createClient(source.serviceName, own)), own);
    }
    case 'managed':
      return new ManagedSource(source.serviceName, settings, deps);
    default:
      return source satisfies never;
  }
}

/** What was kept, if it is the config that was asked for: another version must not serve in its place. */
function ofConfig(configId: string | undefined, kept: LastGoodRollout): LastGoodRollout {
  if (configId === undefined) return kept;
  return {
    read() {
      const rollout = kept.read();
      const isAsked = rollout?.configs.length === 1 && rollout.configs[0]?.service.id === configId;
      return isAsked ? rollout : undefined;
    },
    write: (rollout) => kept.write(rollout),
  };
}

/** Tries at start before the last good config serves instead. */
const retriesWithFallback = 1;

function createClient(serviceName: string, deps: ConfigSourceDeps): ServiceManagementClient {
  return deps.client(serviceName, deps.lastGood.read() === undefined ? undefined : retriesWithFallback);
}

async function fetchFixed(
  source: { readonly serviceName: string; readonly configId: string | undefined },
  client: ServiceManagementClient,
): Promise<Rollout> {
  if (source.configId !== undefined) return singleConfigRollout(await client.getConfig(source.configId));
  // ESP v1 without a version serves the newest rollout, and stays with it.
  const { rolloutId, shares } = pickActiveRollout(await client.listRollouts(), source.serviceName);
  const configs = [];
  for (const { configId, percentage } of shares)
    configs.push({ service: await client.getConfig(configId), percentage });
  return { rolloutId, configs };
}

type FixedDeps = Omit<ConfigSourceDeps, 'lastGood'> & { readonly lastGood: LastGoodRollout | undefined };

/** Reads once, and again when asked to. */
class FixedSource implements ConfigSource {
  readonly remoteRolloutCalls = 0;
  readonly #read: () => Rollout | Promise<Rollout>;
  readonly #deps: FixedDeps;
  #reloading: Promise<void> = Promise.resolve();

  constructor(read: () => Rollout | Promise<Rollout>, deps: FixedDeps) {
    this.#read = read;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    await startOrFallBack(() => this.#load(), this.#deps);
  }

  /** One after the other: of two that overlap, what was read last must serve in the end. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.then(() => this.#reload());
    return this.#reloading;
  }

  notice(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #reload(): Promise<void> {
    try {
      await this.#load();
      this.#deps.logger.info({}, 'service config reloaded');
    } catch (error) {
      this.#deps.logger.error(
        { problem: errorMessage(error) },
        'reload failed, the last config keeps serving',
      );
    }
  }

  async #load(): Promise<void> {
    const rollout = await this.#read();
    await this.#deps.apply(rollout);
    this.#deps.lastGood?.write(rollout);
  }
}

const firstBackoffMs = 1_000;
const maxBackoffMs = 60_000;

/** Follows the rollouts of a service. */
class ManagedSource implements ConfigSource {
  readonly #watcher: RolloutWatcher;
  readonly #deps: ConfigSourceDeps;
  readonly #abort = new AbortController();
  #catchingUp: Promise<void> | undefined;

  constructor(serviceName: string, settings: ProxySettings, deps: ConfigSourceDeps) {
    this.#deps = deps;
    this.#watcher = createRolloutWatcher(
      {
        serviceName,
        configs: 'all',
        fetchThrottleWindowMs: settings.controlPlane.fetchThrottleWindowMs,
      },
      {
        client: createClient(serviceName, deps),
        clock: deps.clock,
        logger: deps.logger,
        apply: async (rollout) => {
          await deps.apply(rollout);
          deps.lastGood.write(rollout);
        },
      },
    );
  }

  get remoteRolloutCalls(): number {
    return this.#watcher.remoteRolloutCalls;
  }

  async start(): Promise<void> {
    const hasFallenBack = await startOrFallBack(async () => void (await this.#watcher.start()), this.#deps);
    if (hasFallenBack) this.#catchingUp = this.#catchUp();
  }

  async reload(): Promise<void> {
    try {
      await this.#watcher.start();
      this.#deps.logger.info({ rolloutId: this.#watcher.currentRolloutId }, 'rollout fetched anew');
    } catch (error) {
      this.#deps.logger.error(
        { problem: errorMessage(error) },
        'reload failed, the last config keeps serving',
      );
    }
  }

  notice(rolloutId: string): void {
    this.#watcher.notice(rolloutId);
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#watcher.close();
    await this.#catchingUp;
  }

  /** Serving the last good config: tries for the one in force until it has it. */
  async #catchUp(): Promise<void> {
    for (
      let backoffMs = firstBackoffMs;
      !this.#abort.signal.aborted;
      backoffMs = Math.min(backoffMs * 2, maxBackoffMs)
    ) {
      await pause(this.#deps.clock, backoffMs, this.#abort.signal);
      if (this.#abort.signal.aborted) return;
      try {
        await this.#watcher.start();
        this.#deps.logger.info(
          { rolloutId: this.#watcher.currentRolloutId },
          'control plane is back, rollout applied',
        );
        return;
      } catch (error) {
        this.#deps.logger.warn(
          { problem: errorMessage(error) },
          'control plane is away, the last good config keeps serving',
        );
      }
    }
  }
}

/** Runs `load`; when the control plane cannot be reached, applies the last good rollout instead and says true. */
async function startOrFallBack(load: () => Promise<void>, deps: FixedDeps): Promise<boolean> {
  try {
    await load();
    return false;
  } catch (error) {
    const lastGood =
      error instanceof GatewayError && error.definition.retryable ? deps.lastGood?.read() : undefined;
    if (lastGood === undefined) throw toStartError(error);
    deps.logger.warn(
      { problem: errorMessage(error), rolloutId: lastGood.rolloutId },
      'control plane is away, serving the last good config',
    );
    await deps.apply(lastGood);
    return true;
  }
}

/** In the words of start_esp, with what to do. */
function toStartError(error: unknown): unknown {
  if (!(error instanceof GatewayError)) return error;
  const hint = hints[error.code];
  return new ConfigError('Fetching the service configuration failed', error.message, hint, { cause: error });
}

const hints: Readonly<Partial<Record<GatewayError['code'], string>>> = {
  CONTROL_UNAVAILABLE: 'is the control plane running where --management says?',
  CONTROL_REFUSED:
    'check --service, and that the service account has roles/servicemanagement.serviceController on it',
  TOKEN_UNAVAILABLE: 'check --service_account_key',
};
