import type { JsonValue } from '@bufbuild/protobuf';
import { httpStatusToRpcCode, rpcCodeName } from '../../core/status.ts';

/** A server's refusal, as its error envelope told it. */
export class ApiError extends Error {
  override readonly name: string = 'ApiError';
  readonly httpStatus: number;
  /** Canonical name, such as PERMISSION_DENIED. */
  readonly status: string;

  constructor(httpStatus: number, status: string, message: string) {
    super(message);
    this.httpStatus = httpStatus;
    this.status = status;
  }
}

/** Reads `{error: {code, message, status}}`; undefined when the body is no such envelope. */
export function readApiError(httpStatus: number, body: JsonValue | undefined): ApiError | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { error } = body;
  if (typeof error !== 'object' || error === null || Array.isArray(error)) return undefined;
  const status = error['status'];
  return new ApiError(
    httpStatus,
    typeof status === 'string' ? status : rpcCodeName(httpStatusToRpcCode(httpStatus)),
    typeof error['message'] === 'string' ? error['message'] : '',
  );
}

/** A sentence on what a person can do about a refusal, or undefined when the message says it all. */
export function mendingHint(error: ApiError): string | undefined {
  if (error.status === 'UNAUTHENTICATED')
    return 'Use another token: --account KEYFILE, --access-token-file FILE, or --data with the folder of this control plane.';
  if (error.status !== 'PERMISSION_DENIED') return undefined;
  if (error.message.includes('not found or permission denied'))
    return "Check the name with 'gatehouse endpoints services list', or act as an account that has a role on it (--account KEYFILE).";
  return 'Check the name, act as an account that holds the permission (--account KEYFILE), or have its role granted.';
}
