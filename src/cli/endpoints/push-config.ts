import { fromJson } from '@bufbuild/protobuf';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { Diagnostic_Kind, DiagnosticSchema } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { readOperation } from '../api/operations.ts';
import { CliError } from '../cli-error.ts';
import type { Session } from '../session.ts';
import { finishOperation } from './finish-operation.ts';
import type { DeployInput } from './read-config-files.ts';

/** What the person said about the upload. */
export interface PushFlags {
  readonly async?: boolean;
  readonly validateOnly?: boolean;
}

/** A config that the server has, or with `validateOnly` would have. */
export interface PushedConfig {
  /** '' when the server told none. */
  readonly configId: string;
  readonly json: JsonObject;
}

/**
 * Uploads the files, or the config that is compiled already, and shows what the compiler says about them. Throws
 * CliError when they do not compile.
 */
export async function pushConfig(
  session: Session,
  input: DeployInput,
  flags: PushFlags,
): Promise<PushedConfig> {
  const { serviceName } = input;
  if (input.kind === 'normalized') {
    const serviceConfig = fromJson(ServiceSchema, { ...input.config, id: '' }, { ignoreUnknownFields: true });
    const json = await session.api.call(ServiceManager.method.createServiceConfig, {
      serviceName,
      serviceConfig,
    });
    return { configId: textOf(json['id']), json };
  }
  const files = input.files.map((file) => ({
    filePath: file.path,
    fileContents: file.contents,
    fileType: file.type,
  }));
  const submitted = await session.api.call(ServiceManager.method.submitConfigSource, {
    serviceName,
    configSource: { files },
    validateOnly: flags.validateOnly === true,
  });
  const { response } = await finishOperation(session, readOperation(submitted), flags.async);
  showDiagnostics(session, response['diagnostics']);
  const config = response['serviceConfig'];
  const configId = isObject(config) ? textOf(config['id']) : '';
  return { configId, json: response };
}

/** Prints the compiler's findings; throws CliError when errors are among them. */
function showDiagnostics(session: Session, list: JsonValue | undefined): void {
  if (!Array.isArray(list)) return;
  let errors = 0;
  for (const item of list) {
    const { kind, location, message } = fromJson(DiagnosticSchema, item, { ignoreUnknownFields: true });
    if (kind === Diagnostic_Kind.ERROR) errors++;
    session.say(`${kind === Diagnostic_Kind.ERROR ? 'ERROR' : 'WARNING'}: ${location}: ${message}\n`);
  }
  if (errors > 0)
    throw new CliError(
      `${errors} diagnostic error(s) found in service configuration deployment. See log for details.`,
    );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
