import type { Clock, Timer } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { silentLogger, type Logger } from '../../telemetry/logger.ts';
import type { ServiceManagementClient } from '../service-management-client.ts';
import { pickActiveRollout, type ActiveRollout } from './active-rollout.ts';
import { pause } from './pause.ts';

/** A rollout with its configs at hand. */
export interface FetchedRollout {
  readonly rolloutId: string;
  /** Largest share first. */
  readonly configs: ReadonlyArray<{ readonly service: Service; readonly percentage: number }>;
}

export interface RolloutWatcherOptions {
  readonly serviceName: string;
  /** `all` honours traffic splits (ESP v1); `largest` gives everything to the largest share (ESPv2). */
  readonly configs: 'all' | 'largest';
  /**
   * A change is fetched after a random part of this, so that many proxies do not ask at once.
   * ESP v1 `--rollout_fetch_throttle_window_in_s`, default there 300 s; ESPv2 has none. Default 0.
   */
  readonly fetchThrottleWindowMs?: number;
  /** Pause after a change that could not be fetched, doubled up to the largest. Default 1 s. */
  readonly backoffMs?: number;
  /** Default 60 s. */
  readonly maxBackoffMs?: number;
}

export interface RolloutWatcherDeps {
  readonly client: ServiceManagementClient;
  /** Takes a new rollout into service. A rejection leaves the old one serving. */
  readonly apply: (rollout: FetchedRollout) => void | Promise<void>;
  readonly clock: Clock;
  readonly logger?: Logger;
  /** In [0, 1); default Math.random. */
  readonly random?: () => number;
}

/** The managed strategy: follows the service's rollouts and never lets go of the last good one. */
export interface RolloutWatcher extends Closeable {
  /** Fetches the rollout in force and applies it. Rejects when that fails after the client's retries. */
  start(): Promise<FetchedRollout>;
  /** Takes the rollout id of an answer of Service Control; anything but the current one has the change fetched. */
  notice(rolloutId: string): void;
  /** Rollout in service; '' before the first. */
  readonly currentRolloutId: string;
  /** Calls of Service Management for changes; `/endpoints_status` shows it as remoteRolloutCalls. */
  readonly remoteRolloutCalls: number;
}

const defaultBackoffMs = 1000;
const defaultMaxBackoffMs = 60_000;

/** See {@link RolloutWatcher}. */
export function createRolloutWatcher(
  options: RolloutWatcherOptions,
  deps: RolloutWatcherDeps,
): RolloutWatcher {
  return new Watcher(options, deps);
}

class Watcher implements RolloutWatcher {
  currentRolloutId = '';
  remoteRolloutCalls = 0;
  readonly #options: RolloutWatcherOptions;
  readonly #deps: RolloutWatcherDeps;
  readonly #logger: Logger;
  readonly #abort = new AbortController();
  /** Noticed last; a change that came to nothing is not tried again until another one is noticed. */
  #noticedId = '';
  #rejectedId = '';
  #throttle: Timer | undefined;
  #following: Promise<void> | undefined;

  constructor(options: RolloutWatcherOptions, deps: RolloutWatcherDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#logger = deps.logger ?? silentLogger;
  }

  async start(): Promise<FetchedRollout> {
    const rollout = await this.#load(await this.#list());
    await this.#deps.apply(rollout);
    this.currentRolloutId = rollout.rolloutId;
    return rollout;
  }

  notice(rolloutId: string): void {
    if (rolloutId === '' || this.currentRolloutId === '' || this.#abort.signal.aborted) return;
    this.#noticedId = rolloutId;
    if (!this.#isNews(rolloutId) || this.#following !== undefined || this.#throttle !== undefined) return;
    const windowMs = this.#options.fetchThrottleWindowMs ?? 0;
    const delayMs = Math.floor((this.#deps.random ?? Math.random)() * windowMs);
    this.#logger.info({ rolloutId, delayMs }, 'rollout changed');
    if (delayMs === 0) this.#follow();
    else
      this.#throttle = this.#deps.clock.setTimer(delayMs, () => {
        this.#throttle = undefined;
        this.#follow();
      });
  }

  async close(): Promise<void> {
    this.#throttle?.cancel();
    this.#throttle = undefined;
    this.#abort.abort();
    await this.#following;
  }

  #isNews(rolloutId: string): boolean {
    return rolloutId !== this.currentRolloutId && rolloutId !== this.#rejectedId;
  }

  #follow(): void {
    this.#following ??= this.#catchUp().finally(() => (this.#following = undefined));
  }

  /** Tries until what is served is what was noticed last, or is the best that there is. */
  async #catchUp(): Promise<void> {
    let backoffMs = this.#options.backoffMs ?? defaultBackoffMs;
    while (!this.#abort.signal.aborted && this.#isNews(this.#noticedId)) {
      const target = this.#noticedId;
      const outcome = await this.#tryOnce();
      if (outcome === 'done' && this.#noticedId === target) return;
      if (outcome === 'done') continue;
      await pause(this.#deps.clock, backoffMs, this.#abort.signal);
      backoffMs = Math.min(backoffMs * 2, this.#options.maxBackoffMs ?? defaultMaxBackoffMs);
    }
  }

  async #tryOnce(): Promise<'done' | 'failed'> {
    let rollout: FetchedRollout;
    try {
      const active = await this.#list();
      // The list may lag behind the id that was noticed: the next notice asks again.
      if (!this.#isNews(active.rolloutId)) return 'done';
      rollout = await this.#load(active);
    } catch (error) {
      if (!this.#abort.signal.aborted)
        this.#logger.warn(
          { problem: errorMessage(error) },
          'rollout not fetched, the last one keeps serving',
        );
      return 'failed';
    }
    const { rolloutId } = rollout;
    try {
      await this.#deps.apply(rollout);
      this.currentRolloutId = rolloutId;
      this.#logger.info({ rolloutId }, 'rollout applied');
    } catch (error) {
      this.#rejectedId = rolloutId;
      this.#logger.error(
        { rolloutId, problem: errorMessage(error) },
        'rollout refused, the last one keeps serving',
      );
    }
    return 'done';
  }

  async #list(): Promise<ActiveRollout> {
    this.remoteRolloutCalls++;
    const rollouts = await this.#deps.client.listRollouts(this.#abort.signal);
    return pickActiveRollout(rollouts, this.#options.serviceName);
  }

  async #load(active: ActiveRollout): Promise<FetchedRollout> {
    const wanted = this.#options.configs === 'all' ? active.shares : active.shares.slice(0, 1);
    const configs: Array<FetchedRollout['configs'][number]> = [];
    for (const { configId, percentage } of wanted) {
      this.remoteRolloutCalls++;
      const service = await this.#deps.client.getConfig(configId, this.#abort.signal);
      configs.push({ service, percentage });
    }
    return { rolloutId: active.rolloutId, configs };
  }
}
