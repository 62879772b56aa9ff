import type { DescMethodUnary, JsonObject, JsonValue, MessageInitShape } from '@bufbuild/protobuf';
import { ConfigError } from '../../../core/errors.ts';
import { Projects } from '../../../gen/gatehouse/cloudresourcemanager/v1/projects_pb.ts';
import { ApiKeys } from '../../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { ConfigFile_FileType } from '../../../gen/google/api/servicemanagement/v1/resources_pb.ts';
import {
  GetServiceConfigRequest_ConfigView,
  ServiceManager,
} from '../../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { IAM, ServiceAccountPrivateKeyType } from '../../../gen/google/iam/admin/v1/iam_pb.ts';
import type { SourceFile } from '../../../service-config/compile.ts';
import { ApiError } from '../../api/api-error.ts';
import {
  apiKeysOperations,
  type OperationsApi,
  readOperation,
  resourceManagerOperations,
  serviceManagementOperations,
  waitForOperation,
} from '../../api/operations.ts';
import { throwIfFailed } from '../../endpoints/finish-operation.ts';
import { addBinding, servicePolicy } from '../../iam/policy-binding.ts';
import type { Session } from '../../session.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';

/** Display name by which `up` knows its key again. */
const keyDisplayName = 'gatehouse up';
const accountId = 'gatehouse-proxy';
const controllerRole = 'roles/servicemanagement.serviceController';
const wholeTraffic = 100;

/** What `up` has the control plane hold, made where it is missing; all through the public APIs. */
export class Provision {
  readonly #session: Session;
  readonly #projectId: string;

  constructor(session: Session, projectId: string) {
    this.#session = session;
    this.#projectId = projectId;
  }

  /** Throws ConfigError for an id that no project can have. */
  async ensureProject(): Promise<void> {
    const { method } = Projects;
    if (await this.#find(method.getProject, { projectId: this.#projectId })) return;
    const project = { projectId: this.#projectId, name: this.#projectId };
    try {
      await this.#run(resourceManagerOperations, method.createProject, { project });
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 'INVALID_ARGUMENT') throw error;
      throw new ConfigError('--project', error.message, undefined, { cause: error });
    }
  }

  /** The id of the config that serves the documents: the one rolled out when it was made from the same ones. */
  async ensureConfig(serviceName: string, files: readonly SourceFile[]): Promise<string> {
    const { method } = ServiceManager;
    if (!(await this.#find(method.getService, { serviceName }))) {
      await this.#run(serviceManagementOperations, method.createService, {
        service: { serviceName, producerProjectId: this.#projectId },
      });
    }
    const current = await this.#find(method.getServiceConfig, {
      serviceName,
      view: GetServiceConfigRequest_ConfigView.FULL,
    });
    if (current !== undefined && wasMadeFrom(current, files)) return textOf(current['id']);
    return await this.#deploy(serviceName, files);
  }

  /** The key string of the project's key that `up` made. */
  async ensureApiKey(): Promise<string> {
    const parent = `projects/${this.#projectId}/locations/global`;
    const { keys } = await this.#session.api.call(ApiKeys.method.listKeys, { parent });
    const known = listOf(keys).find((key) => key['displayName'] === keyDisplayName);
    const name =
      known === undefined
        ? textOf(
            (
              await this.#run(apiKeysOperations, ApiKeys.method.createKey, {
                parent,
                key: { displayName: keyDisplayName },
              })
            )['name'],
          )
        : textOf(known['name']);
    return textOf((await this.#session.api.call(ApiKeys.method.getKeyString, { name }))['keyString']);
  }

  /**
   * Writes the proxy's key file, or points the one whose key is still good at the control plane's present URL. Another
   * key takes the place of those before: a key that no file of `up` holds any more is nothing but a risk.
   */
  async ensureServiceAccountKey(path: string, controlUrl: string): Promise<void> {
    const name = `projects/${this.#projectId}/serviceAccounts/${this.#accountEmail}`;
    const { method } = IAM;
    const kept = readKeyFile(path);
    if (kept !== undefined) {
      const key = { name: `${name}/keys/${kept.key.privateKeyId}` };
      if (await this.#find(method.getServiceAccountKey, key))
        return writeKeyFile(path, kept.text, controlUrl);
    }
    await this.#ensureServiceAccount(name);
    const { keys } = await this.#session.api.call(method.listServiceAccountKeys, { name });
    for (const key of listOf(keys))
      await this.#session.api.call(method.deleteServiceAccountKey, { name: textOf(key['name']) });
    const key = await this.#session.api.call(method.createServiceAccountKey, {
      name,
      privateKeyType: ServiceAccountPrivateKeyType.TYPE_GOOGLE_CREDENTIALS_FILE,
    });
    writeKeyFile(path, Buffer.from(textOf(key['privateKeyData']), 'base64').toString(), controlUrl);
  }

  /** Lets the proxy's account call Service Control for the service. */
  async ensureControllerRole(serviceName: string): Promise<void> {
    const member = `serviceAccount:${this.#accountEmail}`;
    const policy = await this.#session.api.send(
      { verb: 'POST', path: `${servicePolicy(serviceName).path}:getIamPolicy`, body: {} },
      servicePolicy(serviceName).host,
    );
    const isBound = listOf(policy['bindings']).some(
      (binding) =>
        binding['role'] === controllerRole &&
        Array.isArray(binding['members']) &&
        binding['members'].includes(member),
    );
    if (!isBound)
      await addBinding(this.#session, servicePolicy(serviceName), { member, role: controllerRole });
  }

  get #accountEmail(): string {
    return `${accountId}@${this.#projectId}.iam.gserviceaccount.com`;
  }

  async #ensureServiceAccount(name: string): Promise<void> {
    const { method } = IAM;
    if (await this.#find(method.getServiceAccount, { name })) return;
    await this.#session.api.call(method.createServiceAccount, {
      name: `projects/${this.#projectId}`,
      accountId,
      serviceAccount: { displayName: 'Proxy of gatehouse up' },
    });
  }

  async #deploy(serviceName: string, files: readonly SourceFile[]): Promise<string> {
    const { method } = ServiceManager;
    const configSource = {
      files: files.map(({ path, contents }) => ({
        filePath: path,
        fileContents: contents,
        fileType: ConfigFile_FileType.OPEN_API_YAML,
      })),
    };
    const submitted = await this.#run(serviceManagementOperations, method.submitConfigSource, {
      serviceName,
      configSource,
    });
    const config = submitted['serviceConfig'];
    const configId =
      typeof config === 'object' && config !== null && !Array.isArray(config) ? textOf(config['id']) : '';
    const strategy = {
      case: 'trafficPercentStrategy' as const,
      value: { percentages: { [configId]: wholeTraffic } },
    };
    await this.#run(serviceManagementOperations, method.createServiceRollout, {
      serviceName,
      rollout: { serviceName, strategy },
    });
    return configId;
  }

  /** The answer of a read, or undefined for what is not there: the APIs tell missing and forbidden apart nowhere. */
  async #find<M extends DescMethodUnary>(
    method: M,
    request: MessageInitShape<M['input']>,
  ): Promise<JsonObject | undefined> {
    try {
      return await this.#session.api.call(method, request);
    } catch (error) {
      if (error instanceof ApiError && (error.httpStatus === 404 || error.httpStatus === 403))
        return undefined;
      throw error;
    }
  }

  /** Calls a method that answers with an operation, waits for it, and gives its response. */
  async #run<M extends DescMethodUnary>(
    from: OperationsApi,
    method: M,
    request: MessageInitShape<M['input']>,
  ): Promise<JsonObject> {
    const started = readOperation(await this.#session.api.call(method, request));
    const done = started.done ? started : await waitForOperation(this.#session, from, started);
    throwIfFailed(done);
    return done.response;
  }
}

function wasMadeFrom(config: JsonObject, files: readonly SourceFile[]): boolean {
  const { sourceInfo } = config;
  const stored =
    typeof sourceInfo === 'object' && sourceInfo !== null && !Array.isArray(sourceInfo)
      ? listOf(sourceInfo['sourceFiles'])
      : [];
  return (
    stored.length === files.length &&
    files.every(({ path, contents }) =>
      stored.some(
        (file) =>
          file['filePath'] === path && file['fileContents'] === Buffer.from(contents).toString('base64'),
      ),
    )
  );
}

function listOf(value: JsonValue | undefined): JsonObject[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (item): item is JsonObject => typeof item === 'object' && item !== null && !Array.isArray(item),
  );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
