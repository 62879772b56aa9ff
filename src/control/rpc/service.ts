import type { DescMethodUnary, DescService, MessageShape } from '@bufbuild/protobuf';

/** Who makes a call, as its token proved. */
export type Caller =
  | { readonly kind: 'anonymous' }
  /** Holder of the owner's token: may do everything. */
  | { readonly kind: 'owner' }
  | { readonly kind: 'serviceAccount'; readonly email: string; readonly projectId: string };

/** What a handler may know besides its request. */
export interface CallContext {
  readonly caller: Caller;
  /** Aborts when the client goes away or the deadline passes. */
  readonly signal: AbortSignal;
  /** Base URL under which clients reach us, without a trailing slash; a configured one before what this client used. */
  readonly baseUrl: string;
}

/** A unary method: message in, message out; failures are thrown {@link RpcError}s. */
export type UnaryHandler<M extends DescMethodUnary> = (
  request: MessageShape<M['input']>,
  context: CallContext,
) => Promise<MessageShape<M['output']>>;

/** Handlers by local method name; a method without one answers UNIMPLEMENTED. */
export type ServiceHandlers<S extends DescService> = {
  readonly [K in keyof S['method']]?: S['method'][K] extends DescMethodUnary
    ? UnaryHandler<S['method'][K]>
    : never;
};

/** A service of the contract with what answers it. Made by {@link implement}. */
export interface ServiceImplementation {
  readonly descriptor: DescService;
  readonly handlers: Readonly<Record<string, UnaryHandler<DescMethodUnary> | undefined>>;
}

/** Binds handlers to a service, with their types checked against its descriptor. */
export function implement<S extends DescService>(
  descriptor: S,
  handlers: ServiceHandlers<S>,
): ServiceImplementation {
  // The mapped type above has tied every handler to its method; the table loses that tie to be uniform.
  return { descriptor, handlers: handlers as ServiceImplementation['handlers'] };
}
