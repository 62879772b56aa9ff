import type { Message } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { RpcError } from './rpc-error.ts';
import type { RpcMethod } from './rpc-table.ts';
import type { CallContext } from './service.ts';

/** Calls a method, whatever wire the call came by. Throws UNIMPLEMENTED when nothing answers it. */
export function invoke(method: RpcMethod, request: Message, context: CallContext): Promise<Message> {
  if (method.handler === undefined)
    return Promise.reject(new RpcError(RpcCode.UNIMPLEMENTED, 'Method not found.'));
  return method.handler(request, context);
}
