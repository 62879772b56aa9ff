import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { rpcCodeName } from '../../core/status.ts';
import { CliError } from '../cli-error.ts';
import type { CliEnvironment } from '../cli-environment.ts';
import type { ApiClient } from './api-client.ts';

// How gcloud polls.
const firstWaitMs = 1500;
const waitFactor = 1.1;
const longestWaitMs = 10_000;
const patienceMs = 30 * 60 * 1000;

/** A long-running operation as far as the client looks into it. */
export interface Operation {
  readonly name: string;
  readonly done: boolean;
  readonly error: { readonly status: string; readonly message: string } | undefined;
  /** `{}` when there is none. */
  readonly response: JsonObject;
  readonly json: JsonObject;
}

/** Reads google.longrunning.Operation in JSON; what an Any holds stays as it came. */
export function readOperation(json: JsonObject): Operation {
  const error = asObject(json['error']);
  return {
    name: typeof json['name'] === 'string' ? json['name'] : '',
    done: json['done'] === true,
    error:
      error === undefined
        ? undefined
        : { status: rpcCodeName(Number(error['code'] ?? 2)), message: String(error['message'] ?? '') },
    response: asObject(json['response']) ?? {},
    json,
  };
}

/** An API that has operations: its Google host and the version in its paths. */
export interface OperationsApi {
  readonly host: string;
  readonly version: 'v1' | 'v2';
}

export const serviceManagementOperations: OperationsApi = {
  host: 'servicemanagement.googleapis.com',
  version: 'v1',
};
export const serviceUsageOperations: OperationsApi = { host: 'serviceusage.googleapis.com', version: 'v1' };
export const apiKeysOperations: OperationsApi = { host: 'apikeys.googleapis.com', version: 'v2' };
export const resourceManagerOperations: OperationsApi = {
  host: 'cloudresourcemanager.googleapis.com',
  version: 'v1',
};

/** Reads an operation; `name` may lack the leading `operations/`. */
export async function getOperation(api: ApiClient, from: OperationsApi, name: string): Promise<Operation> {
  const full = name.startsWith('operations/') ? name : `operations/${name}`;
  const path = `/${from.version}/${full.split('/').map(encodeURIComponent).join('/')}`;
  return readOperation(await api.send({ verb: 'GET', path, body: undefined }, from.host));
}

/** Polls until the operation is done. Throws CliError after half an hour; an operation that failed is returned. */
export async function waitForOperation(
  session: { readonly api: ApiClient; readonly environment: CliEnvironment },
  from: OperationsApi,
  operation: Operation,
): Promise<Operation> {
  const { api, environment } = session;
  const giveUpAtMs = environment.nowMs() + patienceMs;
  let current = operation;
  for (let waitMs = firstWaitMs; !current.done; waitMs = Math.min(waitMs * waitFactor, longestWaitMs)) {
    if (environment.nowMs() > giveUpAtMs)
      throw new CliError(
        `Timed out while waiting for operation ${current.name}. Note that the operation is still pending.`,
      );
    await environment.sleep(waitMs);
    current = await getOperation(api, from, operation.name);
  }
  return current;
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
