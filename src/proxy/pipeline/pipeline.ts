import type { ResponseHead } from '../../protocol/http/stream.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage } from './stage.ts';

/** The request path of one config: its stages in order. Built once per config, shared by all its exchanges. */
export class Pipeline {
  readonly stages: readonly Stage[];
  /** Positions of the stages that look at responses, last first: a response passes them backwards. */
  readonly #responders: readonly number[];

  constructor(stages: readonly Stage[]) {
    this.stages = stages;
    const responders: number[] = [];
    for (let i = stages.length - 1; i >= 0; i--) if (stages[i]?.onResponse !== undefined) responders.push(i);
    this.#responders = responders;
  }

  /** Lets the first `count` stages change a response head, the last of them first. */
  applyToResponse(exchange: Exchange, head: ResponseHead, count: number): void {
    for (const position of this.#responders)
      if (position < count) this.stages[position]?.onResponse?.(exchange, head);
  }
}
