import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { BadRequestSchema } from '../../gen/google/rpc/error_details_pb.ts';
import { RpcError } from './rpc-error.ts';

/** INVALID_ARGUMENT with the field violation that Google's front end adds for requests it cannot read. */
export function badRequest(message: string, field = ''): RpcError {
  const details = create(BadRequestSchema, { fieldViolations: [{ field, description: message }] });
  return new RpcError(RpcCode.INVALID_ARGUMENT, message, { details: [anyPack(BadRequestSchema, details)] });
}
