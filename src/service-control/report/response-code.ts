import { RpcCode, rpcCodeToHttpStatus } from '../../core/status.ts';
import type { ReportRecord } from '../service-controller.ts';

/**
 * The HTTP code that stands for the outcome: a gRPC failure under HTTP 200 counts as the status that its code maps to.
 * 0 when there was no response. Source: espv2 handler_utils, `report code` cases.
 */
export function responseCode(record: ReportRecord): number {
  if (record.httpStatus !== 200 || record.frontendProtocol !== 'grpc') return record.httpStatus;
  const code = grpcCode(record);
  return code === undefined ? record.httpStatus : rpcCodeToHttpStatus(code);
}

/** The canonical code of a gRPC response; undefined when it had none, or none that is defined. */
export function grpcCode(record: ReportRecord): RpcCode | undefined {
  return (RpcCode as Readonly<Record<string, RpcCode>>)[record.grpcStatus];
}

/** `4xx`; `0xx` without a response. */
export function responseCodeClass(code: number): string {
  return `${Math.floor(code / 100)}xx`;
}
