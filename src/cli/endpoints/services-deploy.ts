import { ConfigFile_FileType } from '../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { ApiError } from '../api/api-error.ts';
import { readOperation } from '../api/operations.ts';
import { CliError } from '../cli-error.ts';
import type { ClientCommand } from '../command.ts';
import type { Session } from '../session.ts';
import { enableProducedService } from './enable-produced-service.ts';
import { finishOperation } from './finish-operation.ts';
import { showPushAdvice } from './push-advice.ts';
import { pushConfig } from './push-config.ts';
import { readConfigFiles } from './read-config-files.ts';
import type { DeployInput } from './read-config-files.ts';

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
  const pushed = await pushConfig(session, input, flags);
  const configId = pushed.configId;
  if (configId === '') throw new CliError('Failed to retrieve Service Configuration Id.');
  if (flags.validateOnly === true) return session.print(pushed.json);
  if (!isNew) await showPushAdvice(session, { serviceName, configId, force: flags.force === true });
  await rollOut(session, { serviceName, configId, flags });
  if (isNew) await enableProducedService(session, serviceName, flags.async);
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

async function pointAtConsole(session: Session, serviceName: string): Promise<void> {
  const endpoint = session.connection.endpoint();
  const base = endpoint.kind === 'google' ? 'https://console.cloud.google.com' : endpoint.consoleUrl;
  if (base === undefined) return;
  const service = await session.api.call(ServiceManager.method.getService, { serviceName });
  const project = encodeURIComponent(String(service['producerProjectId']));
  session.say(
    `To manage your API, go to: ${base}/endpoints/api/${encodeURIComponent(serviceName)}/overview?project=${project}`,
  );
}
