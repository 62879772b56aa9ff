import type { DescMethod, DescMethodUnary, DescService } from '@bufbuild/protobuf';
import { captureBindings } from '../../protocol/http-template/capture-bindings.ts';
import { compareMethods } from '../../protocol/http-template/compare-templates.ts';
import { TemplateTrie } from '../../protocol/http-template/template-trie.ts';
import { httpBindings } from './http-rule.ts';
import type { HttpBinding } from './http-rule.ts';
import type { ServiceImplementation, UnaryHandler } from './service.ts';

/** A unary method of the contract; `handler` is undefined where nothing implements it. */
export interface RpcMethod {
  readonly descriptor: DescMethodUnary;
  readonly service: DescService;
  readonly handler: UnaryHandler<DescMethodUnary> | undefined;
  /** Whether a token that may only read is enough. */
  readonly isReadOnly: boolean;
}

/** What a path leads to. */
export type HttpMatch =
  | {
      readonly kind: 'method';
      readonly method: RpcMethod;
      readonly binding: HttpBinding;
      /** Field path and raw, still percent-encoded text in turn. */
      readonly captures: readonly string[];
    }
  /** The path exists with these HTTP methods only, sorted. */
  | { readonly kind: 'wrongVerb'; readonly allowed: readonly string[] }
  | { readonly kind: 'none' };

/** All methods of the control plane, neutral of the wire. */
export interface RpcTable {
  readonly services: readonly DescService[];
  /** By an HTTP method and a path without its query. */
  matchHttp(verb: string, path: string): HttpMatch;
  /** By full name, `google.api.servicecontrol.v1.ServiceController/Check`: what gRPC calls. */
  find(fullName: string): RpcMethod | undefined;
}

interface Route {
  readonly method: RpcMethod;
  readonly binding: HttpBinding;
}

/**
 * Builds the table from the services' annotations. Two implementations may declare one route (Google moved methods
 * between services); the one with a handler has it. Throws TypeError when both have one.
 */
export function createRpcTable(implementations: readonly ServiceImplementation[]): RpcTable {
  const methods = implementations.flatMap(toMethods);
  const byName = new Map(
    methods.map((method) => [`${method.service.typeName}/${method.descriptor.name}`, method]),
  );
  if (byName.size !== methods.length) throw new TypeError('a service is implemented twice');
  const trie = createTrie(methods);
  return {
    services: implementations.map(({ descriptor }) => descriptor),
    find: (fullName) => byName.get(fullName),
    matchHttp(verb, path) {
      const entry = trie.find(verb, path);
      if (entry !== undefined) {
        const { method, binding } = entry.value;
        return { kind: 'method', method, binding, captures: captureBindings(binding.template, path) };
      }
      const others = trie.leaves(path).flatMap((leaf) => leaf.entries.map((other) => other.method));
      if (others.length === 0) return { kind: 'none' };
      return { kind: 'wrongVerb', allowed: [...new Set(others)].sort(compareMethods) };
    },
  };
}

function toMethods({ descriptor, handlers }: ServiceImplementation): RpcMethod[] {
  return descriptor.methods.filter(isUnary).map((method) => ({
    descriptor: method,
    service: descriptor,
    handler: handlers[method.localName],
    isReadOnly: isReadOnly(method),
  }));
}

/** By the HTTP method, and by name for those that read with a POST: GetIamPolicy, TestIamPermissions, ListLogEntries. */
function isReadOnly(method: DescMethodUnary): boolean {
  return httpBindings(method)[0]?.verb === 'GET' || /^(Get|List|Test|Query)[A-Z]/.test(method.name);
}

function isUnary(method: DescMethod): method is DescMethodUnary {
  return method.methodKind === 'unary';
}

function createTrie(methods: readonly RpcMethod[]): TemplateTrie<Route> {
  // Verbs win as they do at Google: `services/s:check` is never a service called `s:check`.
  const trie = new TemplateTrie<Route>({ registeredVerbsWin: true });
  const handledFirst = [...methods].sort(
    (a, b) => Number(b.handler !== undefined) - Number(a.handler !== undefined),
  );
  for (const method of handledFirst)
    for (const binding of httpBindings(method.descriptor)) {
      const taken = trie.add(binding.verb, binding.template, { method, binding });
      if (taken?.value.method.handler !== undefined && method.handler !== undefined)
        throw new TypeError(
          `${method.descriptor} and ${taken.value.method.descriptor} share ${binding.verb} ${binding.template.text}`,
        );
    }
  return trie;
}
