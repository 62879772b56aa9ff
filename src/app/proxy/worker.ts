import type { Closeable } from '../../core/lifecycle.ts';
import type { AdminAnswer, AdminRequest } from '../../proxy/observe/admin-routes.ts';

/** One worker of a proxy, in this process or in one of its own. */
export interface Worker extends Closeable {
  /** In the order of the settings' listeners; empty before it listens. */
  readonly ports: readonly number[];
  /** Resolves when it is gone: drained, closed, or dead. */
  readonly ended: Promise<void>;
  /** Its part of an answer of the admin server. */
  answerAdmin(request: AdminRequest): Promise<AdminAnswer>;
  /** Tells it of a rollout that another worker heard of. */
  notice(rolloutId: string): void;
  /** Looks for a new config and opens log files anew. */
  reload(): void;
  reopenLogs(): void;
  /** Stops taking requests after the drain delay, finishes those in flight, then closes. Idempotent. */
  drain(): Promise<void>;
}
