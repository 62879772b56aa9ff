import type { MethodConfig } from './method-config.ts';

/** A matched route. Bindings stay undecoded; their names are the template's field paths. */
export interface RouteMatch {
  readonly kind: 'method';
  readonly method: MethodConfig;
  /** Name and raw value in turn, in template order; empty for templates without variables. */
  readonly bindings: readonly string[];
}

/** What looking up a method and path gives. */
export type RouteResult =
  | RouteMatch
  /** The path is known, the verb is not. `template` as written in the config; `allowedMethods` for `Allow`. */
  | {
      readonly kind: 'methodNotAllowed';
      readonly template: string;
      readonly allowedMethods: readonly string[];
    }
  | { readonly kind: 'notFound' };

/** The compiled routes of one config. */
export interface RouteTable {
  /** `path` is normalised and without its query; `method` is the verb after method override. */
  match(method: string, path: string): RouteResult;
}
