import type { IncomingMessage, ServerResponse } from 'node:http';
import { create } from '@bufbuild/protobuf';
import type { Registry } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { StatusSchema } from '../../gen/google/rpc/status_pb.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Authenticator } from './authenticator.ts';
import { badRequest } from './bad-request.ts';
import { resolveBaseUrls } from './base-urls.ts';
import type { RequestBaseUrls } from './base-urls.ts';
import { bindRequest } from './bind-request.ts';
import type { HttpEndpointTable } from './http-endpoint.ts';
import { messageResponse, statusResponse } from './http-response.ts';
import type { HttpResponse, ResponseFormat } from './http-response.ts';
import { invoke } from './invoke.ts';
import { createPageGuard } from './page-guard.ts';
import { readBody } from './read-body.ts';
import { RpcError } from './rpc-error.ts';
import { isExpected, toRpcStatus } from './rpc-status.ts';
import type { HttpMatch, RpcTable } from './rpc-table.ts';
import { takeSystemParameters } from './system-parameters.ts';
import type { SystemParameters } from './system-parameters.ts';

/** What the REST surface is made from. */
export interface RestHandlerOptions {
  readonly table: RpcTable;
  readonly endpoints: HttpEndpointTable;
  readonly registry: Registry;
  readonly authenticator: Authenticator;
  readonly logger: Logger;
  /** Public base URLs; see {@link resolveBaseUrls}. */
  readonly baseUrls: readonly string[];
  /** Largest body of a call to the service with this full name. */
  readonly maxBodyBytes: (serviceName: string) => number;
  /** After this long a handler's signal aborts. */
  readonly deadlineMs: number;
}

/** Answers requests of the REST surface, in JSON and in protobuf. Never throws. */
export function createRestHandler(
  options: RestHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const parts = { ...options, refusePage: createPageGuard(options.baseUrls) };
  return (request, response) => {
    const call = new RestCall(parts, request, response);
    void call.answer();
  };
}

/** Largest body of an endpoint outside the contract: a form with one token. */
const maxEndpointBodyBytes = 65_536;

interface RestCallParts extends RestHandlerOptions {
  /** Why a request is refused that a page made. */
  readonly refusePage: (request: IncomingMessage) => string | undefined;
}

class RestCall {
  readonly #options: RestCallParts;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #path: string;
  readonly #query: URLSearchParams;
  readonly #baseUrls: RequestBaseUrls;
  readonly #bodyFormat: 'json' | 'proto';
  #format: ResponseFormat;

  constructor(options: RestCallParts, request: IncomingMessage, response: ServerResponse) {
    this.#options = options;
    this.#request = request;
    this.#response = response;
    const target = request.url ?? '/';
    const mark = target.indexOf('?');
    this.#path = mark < 0 ? target : target.slice(0, mark);
    this.#query = new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1));
    this.#baseUrls = resolveBaseUrls(request.headers.host, options.baseUrls);
    this.#bodyFormat = isProtobuf(request.headers['content-type']) ? 'proto' : 'json';
    this.#format = { kind: this.#defaultFormat(), isPretty: true };
  }

  async answer(): Promise<void> {
    try {
      this.#send(await this.#handle());
    } catch (error) {
      if (this.#request.socket.destroyed) return;
      if (!isExpected(error))
        this.#options.logger.error({ path: this.#path, error }, 'control plane call failed');
      this.#sendError(error);
    }
  }

  /** An error that cannot be told ends the connection, and nothing else. */
  #sendError(error: unknown): void {
    try {
      this.#send(this.#errorResponse(error));
    } catch (untold) {
      this.#options.logger.error({ path: this.#path, error: untold }, 'control plane error not answered');
      this.#response.destroy();
    }
  }

  async #handle(): Promise<HttpResponse> {
    const refusal = this.#options.refusePage(this.#request);
    if (refusal !== undefined) throw new RpcError(RpcCode.PERMISSION_DENIED, refusal);
    const verb = this.#request.method ?? 'GET';
    const found = this.#options.endpoints.find(verb, this.#path);
    if (found !== undefined) {
      const body = await this.#readBody(maxEndpointBodyBytes);
      if (body.kind === 'response') return body.response;
      const { signal, clear } = this.#signal();
      try {
        return await found.endpoint.handle({
          captures: found.captures,
          query: this.#query,
          body: body.body,
          contentType: this.#request.headers['content-type'] ?? '',
          baseUrls: this.#baseUrls,
          signal,
        });
      } finally {
        clear();
      }
    }
    const match = this.#options.table.matchHttp(verb, this.#path);
    const { system, rest } = takeSystemParameters(this.#query);
    this.#format = { kind: system.format ?? this.#defaultFormat(), isPretty: system.isPretty };
    return match.kind === 'method' ? this.#call(match, system, rest) : this.#unmatched(match);
  }

  async #call(
    match: Extract<HttpMatch, { kind: 'method' }>,
    system: SystemParameters,
    query: readonly (readonly [string, string])[],
  ): Promise<HttpResponse> {
    const { authenticator, registry } = this.#options;
    const { descriptor, service, isReadOnly } = match.method;
    // Before the body is read: strangers get no memory.
    const caller = await authenticator.authenticate(bearerToken(this.#request) ?? system.accessToken, {
      service,
      isReadOnly,
      baseUrls: this.#baseUrls.accepted,
    });
    const body = await this.#readBody(this.#options.maxBodyBytes(service.typeName));
    if (body.kind === 'response') return body.response;
    const { binding, captures } = match;
    const parts = { binding, captures, query, body: body.body, bodyFormat: this.#bodyFormat };
    const message = bindRequest(descriptor.input, parts, registry);
    const { signal, clear } = this.#signal();
    try {
      const context = { caller, signal, baseUrl: this.#baseUrls.reached };
      const answer = await invoke(match.method, message, context);
      return messageResponse(descriptor.output, answer, this.#format, registry);
    } finally {
      clear();
    }
  }

  #unmatched(match: HttpMatch): HttpResponse {
    if (match.kind === 'wrongVerb') {
      const message = `The request method ${this.#request.method ?? ''} is not allowed here.`;
      const status = create(StatusSchema, { code: RpcCode.UNIMPLEMENTED, message });
      return statusResponse(status, this.#format, this.#options.registry, {
        httpStatus: 405,
        headers: { allow: match.allowed.join(', ') },
      });
    }
    return this.#errorResponse(new RpcError(RpcCode.NOT_FOUND, 'Method not found.'));
  }

  async #readBody(
    maxBytes: number,
  ): Promise<{ kind: 'body'; body: Uint8Array } | { kind: 'response'; response: HttpResponse }> {
    const encoding = this.#request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity')
      throw badRequest(`Content-Encoding ${JSON.stringify(encoding)} is not supported.`);
    const result = await readBody(this.#request, maxBytes);
    if (result.kind === 'body') return result;
    const message = `Request payload size exceeds the limit: ${maxBytes} bytes.`;
    const status = create(StatusSchema, { code: RpcCode.INVALID_ARGUMENT, message });
    return {
      kind: 'response',
      // What is still on its way is not read, so the connection ends here.
      response: statusResponse(status, this.#format, this.#options.registry, {
        httpStatus: 413,
        headers: { connection: 'close' },
      }),
    };
  }

  /** Aborts when the client goes away or the deadline passes. */
  #signal(): { signal: AbortSignal; clear: () => void } {
    const controller = new AbortController();
    const onClose = (): void => {
      if (!this.#response.writableFinished)
        controller.abort(new RpcError(RpcCode.CANCELLED, 'The client went away.'));
    };
    this.#response.once('close', onClose);
    const timer = setTimeout(
      () => controller.abort(new RpcError(RpcCode.DEADLINE_EXCEEDED, 'Deadline exceeded.')),
      this.#options.deadlineMs,
    );
    return {
      signal: controller.signal,
      clear: () => {
        clearTimeout(timer);
        this.#response.off('close', onClose);
      },
    };
  }

  #errorResponse(error: unknown): HttpResponse {
    const status = toRpcStatus(error);
    const headers: Record<string, string> =
      status.code === RpcCode.UNAUTHENTICATED
        ? { 'www-authenticate': `Bearer realm="${this.#baseUrls.reached}", error="invalid_token"` }
        : {};
    return statusResponse(status, this.#format, this.#options.registry, { headers });
  }

  #send({ status, headers, body }: HttpResponse): void {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.#response.writeHead(status, {
      'cache-control': 'private',
      'x-content-type-options': 'nosniff',
      ...headers,
      'content-length': bytes.length,
    });
    this.#response.end(bytes);
    this.#request.resume();
  }

  #defaultFormat(): 'json' | 'proto' {
    const { accept } = this.#request.headers;
    if (isProtobuf(accept)) return 'proto';
    if (accept?.includes('json') === true) return 'json';
    return this.#bodyFormat;
  }
}

function isProtobuf(mediaTypes: string | undefined): boolean {
  return mediaTypes !== undefined && /\bapplication\/(x-|vnd\.google\.)?protobuf\b/i.test(mediaTypes);
}

function bearerToken(request: IncomingMessage): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
