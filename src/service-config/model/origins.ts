import type { SourcePlace } from '../source/source-node.ts';

/** Where a piece of the emitted config comes from. */
export interface Origin {
  readonly place: SourcePlace;
  /** Service Management's location text, such as `f.yaml: Operation 'get' in path '/p'`. */
  readonly location: string;
}

/**
 * Remembers for messages of the emitted config what they were read from, so that a rule on the finished
 * `google.api.Service` can point at a line of the file. Keyed by identity.
 */
export class Origins {
  readonly #origins = new WeakMap<object, Origin>();

  /** Notes where `message` comes from and returns it. */
  set<T extends object>(message: T, origin: Origin): T {
    this.#origins.set(message, origin);
    return message;
  }

  of(message: object | undefined): Origin | undefined {
    return message === undefined ? undefined : this.#origins.get(message);
  }
}
