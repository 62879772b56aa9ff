import { fromBinary, toBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { Secret } from '../../core/secret.ts';
import {
  AllocateQuotaRequestSchema,
  AllocateQuotaResponseSchema,
  type AllocateQuotaRequest,
  type AllocateQuotaResponse,
} from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import {
  CheckRequestSchema,
  CheckResponseSchema,
  ReportResponseSchema,
  type CheckRequest,
  type CheckResponse,
  type ReportResponse,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import type {
  CallFailure,
  CallPolicy,
  ServiceControlCall,
  ServiceControlDialect,
} from '../service-control-dialect.ts';
import type { UnavailableReason } from '../service-controller.ts';
import { apiAudience, apiNames, type TokenSource } from '../tokens/token-source.ts';
import { toBaseUrl } from './base-url.ts';
import type { HttpClient, HttpResult } from './http-client.ts';

/** A decoded answer, or a failure after all retries. */
export type ApiResult<T> = { readonly kind: 'ok'; readonly message: T } | CallFailure;

/** Service Control over HTTP with protobuf bodies. Nothing here rejects. */
export interface ServiceControlApi {
  check(request: CheckRequest): Promise<ApiResult<CheckResponse>>;
  allocateQuota(request: AllocateQuotaRequest): Promise<ApiResult<AllocateQuotaResponse>>;
  /** `body` is a serialized ReportRequest; empty it asks for the rollout only. */
  report(body: Uint8Array, signal?: AbortSignal): Promise<ApiResult<ReportResponse>>;
}

export interface ServiceControlApiOptions {
  /** Scheme and authority, `https://servicecontrol.googleapis.com`; without a scheme: https. */
  readonly url: string;
  readonly serviceName: string;
  readonly dialect: ServiceControlDialect;
  /** Instead of the dialect's numbers; from `--service_control_{check,quota,report}_{timeout_ms,retries}`. */
  readonly calls?: Readonly<Partial<Record<ServiceControlCall, Partial<CallPolicy>>>>;
}

const protobufType = 'application/x-protobuf';
/** An answer body in an error text is cut here: it ends up in a client's error message. */
const maxErrorText = 4096;

/** Calls with the dialect's time-outs, retries and texts. */
export function createServiceControlApi(
  options: ServiceControlApiOptions,
  http: HttpClient,
  tokens: TokenSource,
): ServiceControlApi {
  const { dialect } = options;
  const baseUrl = toBaseUrl(options.url);
  const call = async <D extends DescMessage>(
    name: ServiceControlCall,
    body: Uint8Array,
    answer: D,
    signal?: AbortSignal,
  ): Promise<ApiResult<MessageShape<D>>> => {
    const policy = { ...dialect.calls[name], ...options.calls?.[name] };
    const url = `${baseUrl}/v1/services/${options.serviceName}:${name}`;
    let timeoutMs = policy.timeoutMs;
    for (let retry = 0; ; retry++) {
      const token = await fetchToken(tokens, audienceOf(baseUrl, name));
      if (token === undefined) return failure(dialect, 'token', 0);
      const headers = { 'content-type': protobufType, authorization: `Bearer ${token.reveal()}` };
      const result = await http.send({
        method: 'POST',
        url,
        headers,
        body,
        timeoutMs,
        ...(signal && { signal }),
      });
      const outcome = decode(dialect, result, answer);
      if (outcome.kind === 'ok' || retry >= policy.retries || !dialect.isRetryable(outcome)) return outcome;
      if (signal?.aborted === true) return outcome;
      timeoutMs *= dialect.timeoutGrowth;
    }
  };
  return {
    check: (request) => call('check', toBinary(CheckRequestSchema, request), CheckResponseSchema),
    allocateQuota: (request) =>
      call('allocateQuota', toBinary(AllocateQuotaRequestSchema, request), AllocateQuotaResponseSchema),
    report: (body, signal) => call('report', body, ReportResponseSchema, signal),
  };
}

/** A failure in the dialect's words. */
export function failure(
  dialect: ServiceControlDialect,
  reason: UnavailableReason,
  httpStatus: number,
  body = '',
): CallFailure {
  const message = body === '' ? dialect.failureText(reason, httpStatus) : body;
  return { kind: 'unavailable', httpStatus, message, reason };
}

function decode<D extends DescMessage>(
  dialect: ServiceControlDialect,
  result: HttpResult,
  answer: D,
): ApiResult<MessageShape<D>> {
  if (result.kind === 'failed') return failure(dialect, result.reason, 0);
  if (result.status !== 200)
    return failure(dialect, 'status', result.status, result.body.toString('utf8', 0, maxErrorText));
  try {
    return { kind: 'ok', message: fromBinary(answer, result.body) };
  } catch {
    // What the bytes were instead is of no use to anybody: the outcome says that they were not an answer.
    return failure(dialect, 'malformed', result.status);
  }
}

/** Undefined when there is none; the source has logged why. */
async function fetchToken(tokens: TokenSource, audience: string): Promise<Secret | undefined> {
  try {
    const token = await tokens.token(audience);
    return token.reveal() === '' ? undefined : token;
  } catch {
    // The outcome 'token' carries the fact; the cause belongs to the source's own log.
    return undefined;
  }
}

function audienceOf(baseUrl: string, call: ServiceControlCall): string {
  return apiAudience(
    baseUrl,
    call === 'allocateQuota' ? apiNames.quotaController : apiNames.serviceController,
  );
}
