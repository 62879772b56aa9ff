import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { ConfigFileSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { ConfigFile, Diagnostic } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import type { SubmitConfigSourceRequest } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { SourceInfoSchema } from '../../gen/google/api/source_info_pb.ts';
import type { SourceInfo } from '../../gen/google/api/source_info_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { appendConfig, completeConfig } from './config-log.ts';
import type { ServiceManagementDependencies } from './dependencies.ts';
import { formatCompileFailure, toDiagnostic } from './diagnostics.ts';
import { recordOperation } from './operation-log.ts';
import type { FinishedWork } from './operation-log.ts';
import { requireService } from './service-access.ts';
import { SubmitResponseSchema } from './submit-response.ts';

/**
 * SubmitConfigSource: compiles the files and keeps the config with them, unless `validateOnly`. Files that do not
 * compile make an operation that failed, not a call that failed; warnings ride in the response.
 */
export async function submitConfigSource(
  deps: ServiceManagementDependencies,
  request: SubmitConfigSourceRequest,
  context: CallContext,
): Promise<Operation> {
  const { serviceName } = request;
  const permission = 'servicemanagement.services.update';
  const owner = await requireService(deps, context, { serviceName, permission });
  const files = request.configSource?.files ?? [];
  if (files.length === 0)
    throw new RpcError(RpcCode.INVALID_ARGUMENT, 'config_source must have at least one file.');
  const nowMs = deps.clock.nowMs();
  const { service, diagnostics } = deps.compile(files.map(toSourceFile), {
    serviceName,
    producerProjectId: owner.producerProjectId,
  });
  const found = diagnostics.map(toDiagnostic);
  // The compiler's own list ends with the one descriptor set that proxies transcode by.
  const sources = service?.sourceInfo ?? toSourceInfo(files);
  return deps.store.transaction(async (tx) => {
    const keep = request.validateOnly ? completeConfig : appendConfig;
    const made = service && (await keep(tx, { owner, service, sources, nowMs }));
    return recordOperation(tx, `operations/serviceConfigs.${serviceName}:${randomUUID()}`, {
      serviceName,
      step: request.validateOnly ? 'Validate service config' : 'Create service config',
      startedAtMs: nowMs,
      outcome: toOutcome(made, found),
    });
  });
}

function toOutcome(service: Service | undefined, diagnostics: Diagnostic[]): FinishedWork['outcome'] {
  if (service === undefined)
    return { kind: 'error', code: RpcCode.INVALID_ARGUMENT, message: formatCompileFailure(diagnostics) };
  const response = create(SubmitResponseSchema, { serviceConfig: service, diagnostics });
  return { kind: 'response', response: anyPack(SubmitResponseSchema, response) };
}

function toSourceFile(file: ConfigFile): { path: string; contents: Uint8Array } {
  return { path: file.filePath, contents: file.fileContents };
}

function toSourceInfo(files: readonly ConfigFile[]): SourceInfo {
  return create(SourceInfoSchema, { sourceFiles: files.map((file) => anyPack(ConfigFileSchema, file)) });
}
