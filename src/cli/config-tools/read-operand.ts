import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fromJson } from '@bufbuild/protobuf';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { errorMessage } from '../../core/errors.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { compileFiles } from '../../service-config/compile.ts';
import { renderDiagnostics } from '../../service-config/diagnostics/render.ts';
import { serviceRegistry } from '../../service-config/to-json.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from '../session.ts';
import { readSources } from './read-sources.ts';

/**
 * The config that an operand of `diff` names: files that it is compiled from, separated by commas, or `SERVICE@CONFIG` of the
 * control plane, `SERVICE@` for the newest. Errors of the compiler are printed. Throws CliError and ApiError.
 */
export async function readOperand(session: Session, operand: string): Promise<Service> {
  const stored = /^([\w.-]+)@([\w.-]*)$/.exec(operand);
  if (stored !== null && !existsSync(resolve(session.environment.cwd, operand)))
    return fetchConfig(session, stored[1] as string, stored[2] as string);
  return compileOperand(session, operand);
}

function compileOperand({ environment }: Session, operand: string): Service {
  const files = readSources(environment.cwd, operand.split(','));
  const { service, diagnostics } = compileFiles(files, { producerProjectId: '' });
  if (service !== undefined) return service;
  const errors = diagnostics.filter(({ kind }) => kind === 'error');
  environment.stderr(renderDiagnostics(errors, 'text', files));
  throw new CliError(`${operand} does not compile`);
}

async function fetchConfig(session: Session, serviceName: string, configId: string): Promise<Service> {
  const json =
    configId === ''
      ? await fetchNewest(session, serviceName)
      : await session.api.call(ServiceManager.method.getServiceConfig, { serviceName, configId });
  try {
    return fromJson(ServiceSchema, json, { registry: serviceRegistry, ignoreUnknownFields: true });
  } catch (error) {
    throw new CliError(`config ${serviceName}@${configId} cannot be read: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}

async function fetchNewest(session: Session, serviceName: string): Promise<JsonObject> {
  const request = { serviceName, pageSize: 1 };
  const { serviceConfigs } = await session.api.call(ServiceManager.method.listServiceConfigs, request);
  const [newest] = Array.isArray(serviceConfigs) ? (serviceConfigs as JsonValue[]) : [];
  if (typeof newest === 'object' && newest !== null && !Array.isArray(newest)) return newest;
  throw new CliError(`service ${serviceName} has no config yet`);
}
