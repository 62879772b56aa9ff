import type { HttpTemplate } from '../../protocol/http-template/http-template.ts';
import type { MethodConfig } from './method-config.ts';

/** One row of the route table: a verb on a url template, and the operation it stands for. */
export interface RoutePattern {
  /** Verb as the rule wrote it; `*` for any. */
  readonly httpMethod: string;
  readonly template: HttpTemplate;
  readonly method: MethodConfig;
  /** `http` for rows of http.rules, `grpc` for the `/<api>/<method>` paths of gRPC. */
  readonly kind: 'http' | 'grpc';
  /** `HttpRule.body`: '' no body, `*` the whole message, else a field. */
  readonly body: string;
  /** `HttpRule.response_body`: '' the whole message, else a field. */
  readonly responseBody: string;
}

/** A matched route. Bindings stay undecoded; their names are the template's field paths. */
export interface RouteMatch {
  readonly kind: 'method';
  readonly method: MethodConfig;
  readonly pattern: RoutePattern;
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
