import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import type { Operation } from '../../gen/google/api/servicecontrol/v1/operation_pb.ts';
import {
  ReportResponseSchema,
  type ReportResponse,
  type ServiceController,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import type { LogRecord } from '../../store/logs.ts';
import type { UsageDelta } from '../../store/usage.ts';
import type { UnaryHandler } from '../rpc/service.ts';
import { openService, permissions } from './access.ts';
import { toLogRecords } from './log-records.ts';
import { resolveConsumer } from './resolve-consumer.ts';
import type { ServiceControlParts } from './service-control-parts.ts';
import type { ServedService } from './service-directory.ts';
import { toUsageDeltas } from './usage-deltas.ts';
import { validateOperation } from './validate-operation.ts';

/** An operation that is wrong, for the answer. */
interface ReportProblem {
  readonly operationId: string;
  readonly status: { readonly code: RpcCode; readonly message: string };
}

/**
 * ServiceController.Report: good operations are on the disk when it answers, in one transaction; bad ones are named in
 * the answer and cost the others nothing. An operation id that was reported before is taken as read, so that a client
 * may repeat a report whose answer it missed. No operations at all: the question which rollout is in force.
 */
export function createReport(
  parts: ServiceControlParts & { readonly createId: () => string },
): UnaryHandler<(typeof ServiceController)['method']['report']> {
  return async (request, context) => {
    const service = await openService(request, permissions.report, { ...parts, context });
    const nowMs = parts.clock.nowMs();
    const problems: ReportProblem[] = [];
    const valid = new Map<string, Operation>();
    for (const operation of request.operations) {
      const message = valid.has(operation.operationId)
        ? 'operation_id is repeated in the request.'
        : validateOperation(operation, nowMs);
      if (message === undefined) valid.set(operation.operationId, operation);
      else
        problems.push({
          operationId: operation.operationId,
          status: { code: RpcCode.INVALID_ARGUMENT, message },
        });
    }
    if (valid.size > 0) await record(parts, service, [...valid.values()], nowMs);
    return toResponse(service, problems);
  };
}

async function record(
  parts: ServiceControlParts & { readonly createId: () => string },
  service: ServedService,
  operations: readonly Operation[],
  nowMs: number,
): Promise<void> {
  const consumers = new Map<string, string>();
  const prepared = new Map<string, { deltas: UsageDelta[]; logs: LogRecord[] }>();
  for (const operation of operations) {
    const { consumerId } = operation;
    const project = consumers.get(consumerId) ?? (await projectNumberOf(consumerId, parts, nowMs));
    consumers.set(consumerId, project);
    prepared.set(operation.operationId, {
      deltas: toUsageDeltas(operation, service, project),
      logs: toLogRecords(operation, service, { nowMs, createId: parts.createId }),
    });
  }
  await parts.store.transaction(async (tx) => {
    const fresh = await tx.usage.claimOperations(service.serviceName, [...prepared.keys()], nowMs);
    const wanted = [...fresh].flatMap((id) => prepared.get(id) ?? []);
    await tx.usage.record(wanted.flatMap(({ deltas }) => deltas));
    await tx.logs.append(wanted.flatMap(({ logs }) => logs));
  });
}

/** '' for a caller that is nobody: what it did still counts for the producer. */
async function projectNumberOf(
  consumerId: string,
  parts: ServiceControlParts,
  nowMs: number,
): Promise<string> {
  if (consumerId === '') return '';
  const consumer = await resolveConsumer(consumerId, parts.store, nowMs);
  return consumer.kind === 'project' ? consumer.project.projectNumber : '';
}

function toResponse(service: ServedService, reportErrors: readonly ReportProblem[]): ReportResponse {
  return create(ReportResponseSchema, {
    serviceConfigId: service.configId,
    serviceRolloutId: service.rolloutId,
    reportErrors: [...reportErrors],
  });
}
