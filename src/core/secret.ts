import { inspect } from 'node:util';

const redacted = '[redacted]';

/** A value that never prints: strings, JSON and inspection all show `[redacted]`. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Call it as late as possible and keep the result out of logs. */
  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }
}

// Beside the class, because a computed member name cannot be declared under isolatedDeclarations.
Object.defineProperty(Secret.prototype, inspect.custom, { value: () => redacted });
