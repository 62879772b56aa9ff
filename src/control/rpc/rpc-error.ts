import type { Any } from '@bufbuild/protobuf/wkt';
import type { RpcCode } from '../../core/status.ts';

/** A failed call, sent as google.rpc.Status. The message is for the caller; `cause` is for logs. */
export class RpcError extends Error {
  override readonly name: string = 'RpcError';
  readonly code: RpcCode;
  readonly details: readonly Any[];

  constructor(code: RpcCode, message: string, options: { details?: readonly Any[]; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = code;
    this.details = options.details ?? [];
  }
}
