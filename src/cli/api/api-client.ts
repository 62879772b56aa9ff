import { create, createRegistry, getOption, toJson } from '@bufbuild/protobuf';
import type { DescMethodUnary, JsonObject, JsonValue, MessageInitShape } from '@bufbuild/protobuf';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { default_host } from '../../gen/google/api/client_pb.ts';
import { ConfigRefSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { CliError, interrupted } from '../cli-error.ts';
import type { Endpoint } from '../settings/connection.ts';
import { readApiError } from './api-error.ts';
import { toHttpCall } from './http-call.ts';
import type { HttpCall } from './http-call.ts';
import { sendHttp } from './send-http.ts';
import type { HttpAnswer } from './send-http.ts';

const timeoutMs = 90_000;

/** Google hosts of contracts whose protos name none, or name one that clients do not use. */
const googleHosts: Readonly<Record<string, string>> = {
  'gatehouse.cloudresourcemanager.v1.Projects': 'cloudresourcemanager.googleapis.com',
};

/** What the Any fields of requests hold. */
const registry = createRegistry(ConfigRefSchema);

/** How the client reaches a control plane. */
export interface ApiClientOptions {
  readonly endpoint: () => Endpoint;
  /** Called once, before the first call. */
  readonly accessToken: () => Promise<Secret>;
  readonly signal: AbortSignal;
}

/** Calls APIs over REST with JSON, by their descriptors. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  #token: Promise<Secret> | undefined;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /**
   * Calls a method and returns the answer as JSON, with every field that the server sent. Throws
   * ApiError for the server's refusal and CliError when there is no server or no sense in its answer.
   */
  call<M extends DescMethodUnary>(method: M, request: MessageInitShape<M['input']>): Promise<JsonObject> {
    // The input of a method is a message; its JSON is an object unless it is a well-known type, which none is.
    const json = toJson(method.input, create(method.input, request), { registry }) as JsonObject;
    const host =
      googleHosts[method.parent.typeName] ?? getOption(method.parent, default_host).replace(/:\d+$/, '');
    return this.send(toHttpCall(method, json), host);
  }

  /** Sends a call that the contract has no method for; `host` is Google's for it. */
  async send(call: HttpCall, host: string): Promise<JsonObject> {
    const endpoint = this.#options.endpoint();
    const base = endpoint.kind === 'google' ? `https://${host}` : endpoint.url;
    this.#token ??= this.#options.accessToken();
    const token = await this.#token;
    const { status, text } = await this.#send(base, call, token);
    const body = parseJson(text);
    if (status >= 200 && status < 300 && isObject(body)) return body;
    const error = readApiError(status, body);
    if (error !== undefined) throw error;
    throw new CliError(
      `${base} answered HTTP ${status} with something that is no Google API answer; is a control plane there?`,
    );
  }

  async #send(base: string, call: HttpCall, token: Secret): Promise<HttpAnswer> {
    try {
      return await sendHttp({
        url: `${base}${call.path}`,
        verb: call.verb,
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: AbortSignal.any([this.#options.signal, AbortSignal.timeout(timeoutMs)]),
      });
    } catch (error) {
      if (this.#options.signal.aborted) throw interrupted(error);
      throw unreachable(base, error);
    }
  }
}

function unreachable(base: string, error: unknown): CliError {
  const reason = systemErrorCode(error) ?? errorMessage(error);
  return new CliError(
    `cannot reach the control plane at ${base} (${reason}); start it with 'gatehouse server', or name another with --endpoint URL`,
    { cause: error },
  );
}

function parseJson(text: string): JsonValue | undefined {
  if (text === '') return {};
  try {
    return JSON.parse(text) as JsonValue; // What JSON.parse returns is JSON.
  } catch {
    return undefined;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
