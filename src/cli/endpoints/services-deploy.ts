import { fromJson } from '@bufbuild/protobuf';
import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import {
  ConfigFile_FileType,
  Diagnostic_Kind,
  DiagnosticSchema,
} from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { ServiceUsage } from '../../gen/google/api/serviceusage/v1/serviceusage_pb.ts';
import { ApiError } from '../api/api-error.ts';
import { readOperation, serviceUsageOperations, waitForOperation } from '../api/operations.ts';
import { CliError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { finishOperation, throwIfFailed } from './finish-operation.ts';
import { readConfigFiles } from './read-config-files.ts';
import type { DeployInput } from './read-config-files.ts';
import { showPushAdvice } from './push-advice.ts';

interface DeployFlags {
  readonly async?: boolean;
  readonly validateOnly?: boolean;
  readonly force?: boolean;
}

const wholeTraffic = 100;

/** `endpoints services deploy`. */
export const deployService: ClientCommand = {
  kind: 'client',
  path: ['endpoints', 'services', 'deploy'],
  summary: 'Deploy a service from its OpenAPI files or from a service config with its descriptors.',
  examples: [
    'endpoints services deploy openapi.yaml',
    'endpoints services deploy api_descriptor.pb api_config.yaml',
    'endpoints services deploy openapi.yaml --validate-only',
  ],
  define(command, run) {
    command
      .argument(
        '<files...>',
        'OpenAPI documents (.yaml, .yml, .json), service configs (.yaml) and descriptors (.pb)',
      )
      .option('--async', 'do not wait for operations')
      .option('--validate-only', 'compile the files and tell what is wrong; deploy nothing')
      .option('-f, --force', 'deploy even when the new config takes away what the one in use offers')
      .action((files: string[], flags: DeployFlags) => run((session) => deploy(session, files, flags)));
  },
};

async function deploy(session: Session, names: readonly string[], flags: DeployFlags): Promise<void> {
  const input = readConfigFiles(session.environment.cwd, names);
  const { serviceName } = input;
  if (input.kind === 'normalized' && flags.validateOnly === true)
    throw new CliError(
      'The --validate-only flag is not supported when using normalized service configs as input.',
    );
  warnOfProtoFiles(session, input);
  const isNew = await createIfMissing(session, serviceName, flags);
  const pushed = await push(session, input, flags);
  const configId = pushed.configId;
  if (configId === '') throw new CliError('Failed to retrieve Service Configuration Id.');
  if (flags.validateOnly === true) return session.print(pushed.json);
  if (!isNew) await showPushAdvice(session, { serviceName, configId, force: flags.force === true });
  await rollOut(session, { serviceName, configId, flags });
  if (isNew) await enable(session, serviceName, flags.async);
  if (session.hasFormat) session.print(pushed.json);
  session.say(`Service Configuration [${configId}] uploaded for service [${serviceName}]\n`);
  await pointAtConsole(session, serviceName);
}

function warnOfProtoFiles(session: Session, input: DeployInput): void {
  if (input.kind !== 'sources') return;
  if (input.files.some((file) => file.type === ConfigFile_FileType.PROTO_FILE))
    session.warn(
      'Support for uploading uncompiled .proto files is deprecated and will soon be removed. Use compiled descriptor sets (.pb) instead.\n',
    );
}

/** Whether the service had to be created. */
async function createIfMissing(session: Session, serviceName: string, flags: DeployFlags): Promise<boolean> {
  if (await serviceExists(session, serviceName)) return false;
  const producerProjectId = session.project();
  if (flags.validateOnly === true) {
    if (session.environment.ask === undefined)
      throw new CliError(
        `The service ${serviceName} must exist in order to validate the configuration. To create the service in project ${producerProjectId}, rerun the command without the --validate-only flag.`,
      );
    await session.confirm({
      message: `The service ${serviceName} must exist in order to validate the configuration. Do you want to create the service in project ${producerProjectId}?`,
    });
  }
  const created = await session.api.call(ServiceManager.method.createService, {
    service: { serviceName, producerProjectId },
  });
  // The config cannot be submitted before the service is there, whatever --async says.
  await finishOperation(session, readOperation(created), false);
  return true;
}

/** 403 stands for "not there" too: the server does not tell the two apart. */
async function serviceExists(session: Session, serviceName: string): Promise<boolean> {
  try {
    await session.api.call(ServiceManager.method.getService, { serviceName });
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.httpStatus === 403 || error.httpStatus === 404)) return false;
    throw error;
  }
}

interface Pushed {
  readonly configId: string;
  readonly json: JsonObject;
}

async function push(session: Session, input: DeployInput, flags: DeployFlags): Promise<Pushed> {
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

async function rollOut(
  session: Session,
  wish: { readonly serviceName: string; readonly configId: string; readonly flags: DeployFlags },
): Promise<void> {
  const { serviceName, configId, flags } = wish;
  const percentages = { [configId]: wholeTraffic };
  const created = await session.api.call(ServiceManager.method.createServiceRollout, {
    serviceName,
    rollout: { serviceName, strategy: { case: 'trafficPercentStrategy', value: { percentages } } },
  });
  await finishOperation(session, readOperation(created), flags.async);
}

/** Lets the producer's own project use its new service; lacking permission is no reason for the deploy to fail. */
async function enable(session: Session, serviceName: string, isAsync: boolean | undefined): Promise<void> {
  const project = session.project();
  session.say(`Enabling service [${serviceName}] on project [${project}]...`);
  try {
    const name = `projects/${project}/services/${serviceName}`;
    const started = readOperation(await session.api.call(ServiceUsage.method.enableService, { name }));
    if (isAsync !== true && !started.done) {
      const done = await waitForOperation(session, serviceUsageOperations, started);
      throwIfFailed(done);
      session.say(`Operation "${done.name}" finished successfully.`);
    }
    session.say('');
  } catch (error) {
    if (!(error instanceof ApiError) || (error.httpStatus !== 403 && error.httpStatus !== 404)) throw error;
    session.warn(
      `Attempted to enable service [${serviceName}] on project [${project}], but did not have required permissions. Please ensure this service is enabled before using your Endpoints service.\n`,
    );
  }
}

async function pointAtConsole(session: Session, serviceName: string): Promise<void> {
  const endpoint = session.connection.endpoint();
  const base = endpoint.kind === 'google' ? 'https://console.cloud.google.com' : endpoint.consoleUrl;
  if (base === undefined) return;
  const service = await session.api.call(ServiceManager.method.getService, { serviceName });
  const project = encodeURIComponent(textOf(service['producerProjectId']));
  session.say(
    `To manage your API, go to: ${base}/endpoints/api/${encodeURIComponent(serviceName)}/overview?project=${project}`,
  );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
