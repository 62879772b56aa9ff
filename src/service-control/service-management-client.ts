import {
  createRegistry,
  fromBinary,
  fromJson,
  type DescMessage,
  type MessageShape,
} from '@bufbuild/protobuf';
import {
  BoolValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  StringValueSchema,
} from '@bufbuild/protobuf/wkt';
import type { Clock } from '../core/clock.ts';
import { GatewayError } from '../core/errors.ts';
import { ServiceSchema, type Service } from '../gen/google/api/service_pb.ts';
import { ConfigFileSchema, type Rollout } from '../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { ListServiceRolloutsResponseSchema } from '../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { silentLogger, type Logger } from '../telemetry/logger.ts';
import { apiAudience, apiNames, type TokenSource } from './tokens/token-source.ts';
import { pause } from './rollout/pause.ts';
import { toBaseUrl } from './transport/base-url.ts';
import type { HttpClient, HttpResult } from './transport/http-client.ts';

/** How each ESP generation asks for a config. */
export type ConfigUrlStyle = 'configs' | 'config';

export interface ServiceManagementClientOptions {
  /** Scheme and authority. ESP v1 `-g --management`, ESPv2 `--service_management_url`. */
  readonly url: string;
  readonly serviceName: string;
  /** `configs`: `/configs/ID?view=FULL` (ESPv2); `config`: `/config?configId=ID` (ESP v1). Default `configs`. */
  readonly configUrlStyle?: ConfigUrlStyle;
  /** ESPv2 `--http_request_timeout_s`. Default 30 s. */
  readonly timeoutMs?: number;
  /** Further tries after 429, a 5xx or no answer. Default 30. */
  readonly maxRetries?: number;
  /** Pause before the first further try, doubled up to the largest. Default 1 s. */
  readonly backoffMs?: number;
  /** Default 10 s, ESPv2's pause after a 429. */
  readonly maxBackoffMs?: number;
}

/** Configs and rollouts of one service, as the proxy reads them. */
export interface ServiceManagementClient {
  /** Successful rollouts, newest first. */
  listRollouts(signal?: AbortSignal): Promise<readonly Rollout[]>;
  getConfig(configId: string, signal?: AbortSignal): Promise<Service>;
}

/** What `google.protobuf.Any` fields of a service config hold: sources, and options of methods and types. */
const anyTypes = createRegistry(
  ConfigFileSchema,
  BoolValueSchema,
  Int32ValueSchema,
  Int64ValueSchema,
  StringValueSchema,
);
const protobufType = 'application/x-protobuf';
const defaultTimeoutMs = 30_000;
const defaultMaxRetries = 30;
const defaultBackoffMs = 1000;
const defaultMaxBackoffMs = 10_000;

/**
 * Service Management's reading side. Asks for protobuf and takes JSON too. Rejects with GatewayError
 * CONTROL_UNAVAILABLE (no answer, 429, 5xx, after the retries), CONTROL_REFUSED (other 4xx), CONTROL_MALFORMED or
 * TOKEN_UNAVAILABLE; `details` hold `url`, `status` and `reason`. Source: espv2-control §4.1, start_esp fetch.
 */
export function createServiceManagementClient(
  options: ServiceManagementClientOptions,
  deps: {
    readonly http: HttpClient;
    readonly tokens: TokenSource;
    readonly clock: Clock;
    readonly logger?: Logger;
  },
): ServiceManagementClient {
  const { http, tokens, clock, logger = silentLogger } = deps;
  const baseUrl = toBaseUrl(options.url);
  const serviceUrl = `${baseUrl}/v1/services/${options.serviceName}`;
  const audience = apiAudience(baseUrl, apiNames.serviceManager);
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;

  const getOnce = async (url: string, signal: AbortSignal | undefined): Promise<HttpResult> => {
    const token = await tokens.token(audience);
    // Without a body there is no content type to name, but ESPv2 sends one, and servers pick the answer's form by it.
    const headers = {
      authorization: `Bearer ${token.reveal()}`,
      accept: protobufType,
      'content-type': protobufType,
    };
    return http.send({ method: 'GET', url, headers, timeoutMs, ...(signal && { signal }) });
  };
  const get = async <D extends DescMessage>(
    url: string,
    schema: D,
    signal: AbortSignal | undefined,
  ): Promise<MessageShape<D>> => {
    let backoffMs = options.backoffMs ?? defaultBackoffMs;
    for (let retry = 0; ; retry++) {
      signal?.throwIfAborted();
      try {
        return decode(url, await getOnce(url, signal), schema);
      } catch (error) {
        const isRetryable = error instanceof GatewayError && error.definition.retryable;
        if (!isRetryable || retry >= (options.maxRetries ?? defaultMaxRetries)) throw error;
        logger.warn({ url, problem: error.message, retry }, 'service management call failed, trying again');
      }
      await pause(clock, backoffMs, signal);
      backoffMs = Math.min(backoffMs * 2, options.maxBackoffMs ?? defaultMaxBackoffMs);
    }
  };
  return {
    async listRollouts(signal) {
      // The equals sign inside the filter stays as it is: that is how both generations send it.
      const url = `${serviceUrl}/rollouts?filter=status=SUCCESS`;
      const { rollouts } = await get(url, ListServiceRolloutsResponseSchema, signal);
      return rollouts;
    },
    async getConfig(configId, signal) {
      const id = encodeURIComponent(configId);
      const url =
        options.configUrlStyle === 'config'
          ? `${serviceUrl}/config?configId=${id}&view=FULL`
          : `${serviceUrl}/configs/${id}?view=FULL`;
      const service = await get(url, ServiceSchema, signal);
      if (service.name === '') throw malformed(url, 'a service config without a name');
      return service;
    },
  };
}

function decode<D extends DescMessage>(url: string, result: HttpResult, schema: D): MessageShape<D> {
  if (result.kind === 'failed')
    throw new GatewayError('CONTROL_UNAVAILABLE', {
      message: `no answer from ${url}: ${result.detail}`,
      details: { url, reason: result.detail },
    });
  if (result.status !== 200) {
    const { status, reasonPhrase: reason } = result;
    const isTransient = status === 429 || status >= 500;
    throw new GatewayError(isTransient ? 'CONTROL_UNAVAILABLE' : 'CONTROL_REFUSED', {
      message: `GET ${url} answered ${status} ${reason}`,
      details: { url, status, reason },
    });
  }
  try {
    if (!result.contentType.startsWith('application/json'))
      return fromBinary(schema, new Uint8Array(result.body));
    const options = { ignoreUnknownFields: true, registry: anyTypes };
    return fromJson(schema, JSON.parse(result.body.toString('utf8')), options);
  } catch (error) {
    throw malformed(url, schema.name, error);
  }
}

function malformed(url: string, what: string, cause?: unknown): GatewayError {
  return new GatewayError('CONTROL_MALFORMED', {
    message: `${url} did not answer with ${what}`,
    details: { url },
    cause,
  });
}
