/** The canonical codes of google.rpc.Code by name. Source: google/rpc/code.proto. */
export const RpcCode = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type RpcCodeName = keyof typeof RpcCode;
export type RpcCode = (typeof RpcCode)[RpcCodeName];

const names = Object.keys(RpcCode) as RpcCodeName[];

/** The name of a canonical code; `UNKNOWN` for a number outside the closed set. */
export function rpcCodeName(code: number): RpcCodeName {
  return names[code] ?? 'UNKNOWN';
}

/** HTTP status by canonical code, in code order. Source: comments of google/rpc/code.proto. */
const httpStatusByCode = [
  200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401,
] as const;

/** The HTTP status that carries a canonical code; 500 for a number outside the closed set. */
export function rpcCodeToHttpStatus(code: number): number {
  return httpStatusByCode[code] ?? 500;
}

const codeByHttpStatus: Readonly<Record<number, RpcCode>> = {
  400: RpcCode.INVALID_ARGUMENT,
  401: RpcCode.UNAUTHENTICATED,
  403: RpcCode.PERMISSION_DENIED,
  404: RpcCode.NOT_FOUND,
  409: RpcCode.ABORTED,
  416: RpcCode.OUT_OF_RANGE,
  429: RpcCode.RESOURCE_EXHAUSTED,
  499: RpcCode.CANCELLED,
  501: RpcCode.UNIMPLEMENTED,
  503: RpcCode.UNAVAILABLE,
  504: RpcCode.DEADLINE_EXCEEDED,
};

/** The canonical code nearest to an HTTP status, as ESP maps it (esp: utils/status.cc). */
export function httpStatusToRpcCode(status: number): RpcCode {
  const exact = codeByHttpStatus[status];
  if (exact !== undefined) return exact;
  if (status >= 200 && status < 300) return RpcCode.OK;
  if (status >= 400 && status < 500) return RpcCode.FAILED_PRECONDITION;
  if (status >= 500 && status < 600) return RpcCode.INTERNAL;
  return RpcCode.UNKNOWN;
}
