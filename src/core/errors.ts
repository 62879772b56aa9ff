import { RpcCode } from './status.ts';

/** Whose fault an error is: it decides the status class, the metric and whether a retry can help. */
export type ErrorSource = 'downstream' | 'upstream' | 'control' | 'internal';

/** What is known about one error code. */
export interface ErrorDefinition {
  readonly rpcCode: RpcCode;
  readonly httpStatus: number;
  readonly source: ErrorSource;
  readonly retryable: boolean;
  readonly message: string;
}

/** The codes of the catalogue. */
export type ErrorCode =
  | 'INTERNAL'
  | 'STORE_LOCKED'
  | 'CONTROL_UNAVAILABLE'
  | 'CONTROL_REFUSED'
  | 'CONTROL_MALFORMED'
  | 'TOKEN_UNAVAILABLE';

/** Every error code of the product, once. Codes are recognised by name, never by message. */
export const errorCatalogue: Readonly<Record<ErrorCode, ErrorDefinition>> = {
  INTERNAL: define(RpcCode.INTERNAL, 500, 'internal', false, 'internal error'),
  STORE_LOCKED: define(RpcCode.UNAVAILABLE, 503, 'control', false, 'another process holds the data folder'),
  CONTROL_UNAVAILABLE: define(RpcCode.UNAVAILABLE, 503, 'control', true, 'the control plane did not answer'),
  CONTROL_REFUSED: define(
    RpcCode.PERMISSION_DENIED,
    403,
    'control',
    false,
    'the control plane refused the call',
  ),
  CONTROL_MALFORMED: define(RpcCode.INTERNAL, 502, 'control', false, 'the control plane answered nonsense'),
  TOKEN_UNAVAILABLE: define(RpcCode.UNAVAILABLE, 503, 'control', true, 'no access token could be had'),
};

/** Details that a client may see. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean>>;

/** The one error class of the running product. `cause` is for logs only. */
export class GatewayError extends Error {
  override readonly name: string = 'GatewayError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, options: { message?: string; details?: ErrorDetails; cause?: unknown } = {}) {
    super(options.message ?? errorCatalogue[code].message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  get definition(): ErrorDefinition {
    return errorCatalogue[this.code];
  }
}

/** A start-up or command-line mistake of the person who runs the program: one line and exit code 2. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
  /** Where: a flag, a file, a JSON path. */
  readonly path: string;
  /** What is wrong, without the place. */
  readonly problem: string;
  /** What to do about it. */
  readonly hint: string | undefined;

  constructor(path: string, problem: string, hint?: string, options?: { cause?: unknown }) {
    super(`${path}: ${problem}${hint === undefined ? '' : `; ${hint}`}`, options);
    this.path = path;
    this.problem = problem;
    this.hint = hint;
  }
}

/** The `code` of a Node system error (`ECONNREFUSED`), or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function define(
  rpcCode: RpcCode,
  httpStatus: number,
  source: ErrorSource,
  retryable: boolean,
  message: string,
): ErrorDefinition {
  return { rpcCode, httpStatus, source, retryable, message };
}
