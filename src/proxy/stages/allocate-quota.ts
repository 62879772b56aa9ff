import { getHeader } from '../../protocol/http/headers.ts';
import type { QuotaOutcome, ServiceController } from '../../service-control/service-controller.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage, StageResult } from '../pipeline/stage.ts';

export interface AllocateQuotaOptions {
  readonly dialect: Dialect;
  readonly controller: ServiceController | undefined;
  /** Told once per request that has costs: `allowed`, the code of a denial, or `unavailable`. */
  readonly onQuota?: (outcome: string) => void;
}

/** Takes what the operation costs from the consumer's quota. A quota that cannot be asked is granted, in both ESPs. */
export function createAllocateQuota(options: AllocateQuotaOptions): Stage {
  return new AllocateQuotaStage(options);
}

class AllocateQuotaStage implements Stage {
  readonly name = 'allocate-quota';
  readonly #options: AllocateQuotaOptions;

  constructor(options: AllocateQuotaOptions) {
    this.#options = options;
  }

  run(exchange: Exchange): StageResult | Promise<StageResult> {
    const { route } = exchange;
    const { controller } = this.#options;
    if (controller === undefined || route === undefined || route.skipServiceControl) return undefined;
    if (route.metricCosts.length === 0) return undefined;
    const outcome = controller.allocateQuota({
      operationName: route.selector,
      apiKey: exchange.apiKey,
      metricCosts: route.metricCosts,
      callerIp: exchange.clientAddress,
      referer: getHeader(exchange.headers, 'referer') ?? '',
    });
    return outcome instanceof Promise
      ? outcome.then((late) => this.#decide(exchange, late))
      : this.#decide(exchange, outcome);
  }

  #decide(exchange: Exchange, outcome: QuotaOutcome): StageResult {
    const { dialect, onQuota } = this.#options;
    if (outcome.kind !== 'denied') {
      onQuota?.(outcome.kind);
      return undefined;
    }
    const reply = dialect.quotaDenied(outcome, exchange);
    onQuota?.(reply === undefined ? 'allowed' : outcome.code);
    return reply;
  }
}
