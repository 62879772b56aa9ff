import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  CheckRequestSchema,
  type CheckRequest as CheckRequestMessage,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { agentLabels, systemLabels, type CallerIdentity } from '../labels.ts';
import type { CheckRequest } from '../service-controller.ts';

/** A CheckRequest as both ESP generations send it. Source: espv2 request_builder.cc FillCheckRequest, esp proto.cc. */
export function buildCheckRequest(
  request: CheckRequest,
  caller: CallerIdentity,
  call: { readonly configId: string; readonly operationId: string; readonly nowMs: number },
): CheckRequestMessage {
  const now = timestampFromMs(call.nowMs);
  const labels = agentLabels(caller);
  const optional: ReadonlyArray<readonly [string, string]> = [
    [systemLabels.callerIp, request.callerIp],
    [systemLabels.referer, request.referer],
    [systemLabels.androidPackageName, request.androidPackageName],
    [systemLabels.androidCertFingerprint, request.androidCertFingerprint],
    [systemLabels.iosBundleId, request.iosBundleId],
  ];
  for (const [name, value] of optional) if (value !== '') labels[name] = value;
  return create(CheckRequestSchema, {
    serviceName: caller.serviceName,
    serviceConfigId: call.configId,
    operation: {
      operationId: call.operationId,
      operationName: request.operationName,
      consumerId: `api_key:${request.apiKey}`,
      startTime: now,
      endTime: now,
      labels,
    },
  });
}
