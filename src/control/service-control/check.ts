import { create } from '@bufbuild/protobuf';
import { CheckError_Code } from '../../gen/google/api/servicecontrol/v1/check_error_pb.ts';
import type { Operation } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import {
  CheckResponseSchema,
  CheckResponse_ConsumerInfo_ConsumerType,
  type CheckRequest,
  type CheckResponse,
  type ServiceController,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import type { UnaryHandler } from '../rpc/service.ts';
import { invalidArgument, openService, permissions } from './access.ts';
import { decideCheck, type CheckDenial } from './decide-check.ts';
import type { CallerAttributes } from './key-restrictions.ts';
import { resolveConsumer, type ResolvedConsumer } from './resolve-consumer.ts';
import type { ServiceControlParts } from './service-control-parts.ts';

const labelPrefix = 'servicecontrol.googleapis.com/';

/** ServiceController.Check: a denial is an answer, not an error. */
export function createCheck(
  parts: ServiceControlParts,
): UnaryHandler<(typeof ServiceController)['method']['check']> {
  return async (request, context) => {
    const service = await openService(request, permissions.check, { ...parts, context });
    const operation = requireOperation(request);
    const consumer = await resolveConsumer(operation.consumerId, parts.store, parts.clock.nowMs());
    const denial = decideCheck({
      service,
      operationName: operation.operationName,
      consumer,
      caller: readCaller(operation),
      isActivated: await isActivated(consumer, request.serviceName, parts),
    });
    return toResponse({
      operation,
      consumer,
      denial,
      configId: service.configId,
      rolloutId: service.rolloutId,
    });
  };
}

function requireOperation(request: CheckRequest): Operation {
  const { operation } = request;
  if (operation === undefined || operation.operationId === '' || operation.operationName === '')
    throw invalidArgument();
  if (operation.consumerId === '') throw invalidArgument();
  return operation;
}

async function isActivated(
  consumer: ResolvedConsumer,
  serviceName: string,
  { store }: ServiceControlParts,
): Promise<boolean> {
  return (
    consumer.kind === 'project' && store.enabledServices.isEnabled(consumer.project.projectId, serviceName)
  );
}

function readCaller({ labels }: Operation): CallerAttributes {
  const label = (name: string): string => labels[`${labelPrefix}${name}`] ?? '';
  return {
    callerIp: label('caller_ip'),
    referer: label('referer'),
    androidPackageName: label('android_package_name'),
    androidCertFingerprint: label('android_cert_fingerprint'),
    iosBundleId: label('ios_bundle_id'),
  };
}

/** Labels of a check that a restriction may look at, by the kind of restriction. */
const argumentsByRestriction: Readonly<Record<string, readonly string[]>> = {
  serverKeyRestrictions: ['caller_ip'],
  browserKeyRestrictions: ['referer'],
  androidKeyRestrictions: ['android_package_name', 'android_cert_fingerprint'],
  iosKeyRestrictions: ['ios_bundle_id'],
};

/** What the caller told about itself in vain. Clients may leave it out of their cache key. */
function unusedArguments(operation: Operation, consumer: ResolvedConsumer): string[] {
  const client =
    consumer.kind === 'project' ? consumer.key?.restrictions?.clientRestrictions.case : undefined;
  const used = client === undefined ? [] : (argumentsByRestriction[client] ?? []);
  return Object.values(argumentsByRestriction)
    .flat()
    .filter((name) => `${labelPrefix}${name}` in operation.labels && !used.includes(name));
}

function toResponse(answer: {
  readonly operation: Operation;
  readonly consumer: ResolvedConsumer;
  readonly denial: CheckDenial | undefined;
  readonly configId: string;
  readonly rolloutId: string;
}): CheckResponse {
  const { operation, consumer, denial } = answer;
  return create(CheckResponseSchema, {
    operationId: operation.operationId,
    serviceConfigId: answer.configId,
    serviceRolloutId: answer.rolloutId,
    checkErrors: denial === undefined ? [] : [{ ...denial, code: CheckError_Code[denial.code] }],
    ...(consumer.kind === 'project' && {
      checkInfo: {
        unusedArguments: unusedArguments(operation, consumer),
        apiKeyUid: consumer.key === undefined ? '' : `apikey:${consumer.key.uid}`,
        consumerInfo: {
          projectNumber: BigInt(consumer.project.projectNumber),
          consumerNumber: BigInt(consumer.project.projectNumber),
          type: CheckResponse_ConsumerInfo_ConsumerType.PROJECT,
        },
      },
    }),
  });
}
