import type { ResponseHead } from '../../protocol/http/stream.ts';
import type { Exchange } from '../exchange.ts';
import type { LocalReply } from '../local-reply.ts';

/** Undefined: go on with the next stage. A reply ends the request path. */
export type StageResult = LocalReply | undefined;

/** One step of the request path. Synchronous unless it must wait; a promise that rejects is an internal error. */
export interface Stage {
  readonly name: string;
  run(exchange: Exchange): StageResult | Promise<StageResult>;
  /** Changes a response head on its way to the client, local replies made after this stage included. */
  onResponse?(exchange: Exchange, head: ResponseHead): void;
}
