import type { ResponseHead } from '../../protocol/http/stream.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from './stage.ts';

/** The request path of one config: its stages in order. Built once per config, shared by all its exchanges. */
export class Pipeline {
  readonly stages: readonly Stage[];
  /** Positions of the stages that look at responses, last first: a response passes them backwards. */
  readonly #responders: readonly number[];

  readonly #logger: Logger;

  constructor(stages: readonly Stage[], logger: Logger) {
    this.stages = stages;
    this.#logger = logger;
    const responders: number[] = [];
    for (let i = stages.length - 1; i >= 0; i--) if (stages[i]?.onResponse !== undefined) responders.push(i);
    this.#responders = responders;
  }

  /** Lets the first `count` stages change a response head, the last of them first. */
  applyToResponse(exchange: Exchange, head: ResponseHead, count: number): void {
    for (const position of this.#responders) if (position < count) this.#apply(position, exchange, head);
  }

  /** A decoration that fails must not cost the response. */
  #apply(position: number, exchange: Exchange, head: ResponseHead): void {
    const stage = this.stages[position];
    try {
      stage?.onResponse?.(exchange, head);
    } catch (error) {
      this.#logger.error({ stage: stage?.name, error }, 'stage failed on a response');
    }
  }
}
