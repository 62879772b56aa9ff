import { create, isMessage } from '@bufbuild/protobuf';
import { GatewayError } from '../../core/errors.ts';
import { RpcCode } from '../../core/status.ts';
import { StatusSchema } from '../../gen/google/rpc/status_pb.ts';
import type { Status } from '../../gen/google/rpc/status_pb.ts';
import { RpcError } from './rpc-error.ts';

/** What Google says when it does not say. */
const internalMessage = 'Internal error encountered.';

/** The status that a thrown value is answered with. Only what is meant for callers gets out. */
export function toRpcStatus(error: unknown): Status {
  if (isMessage(error, StatusSchema)) return error;
  if (error instanceof RpcError)
    return create(StatusSchema, { code: error.code, message: error.message, details: [...error.details] });
  if (error instanceof GatewayError)
    return create(StatusSchema, { code: error.definition.rpcCode, message: error.definition.message });
  return create(StatusSchema, { code: RpcCode.INTERNAL, message: internalMessage });
}

/** Whether the thrown value is an outcome that handlers foresee. */
export function isExpected(error: unknown): boolean {
  return error instanceof RpcError && error.code !== RpcCode.INTERNAL;
}
