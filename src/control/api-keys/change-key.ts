import { randomUUID } from 'node:crypto';
import { create } from '@bufbuild/protobuf';
import { anyPack } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { KeySchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { Key } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { CreateKeyRequest, UpdateKeyRequest } from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { ApiKeyRecord } from '../../store/api-keys.ts';
import type { Store } from '../../store/store.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { requireKey, requireKeyParent } from './key-access.ts';
import type { ApiKeyDependencies, KeyInProject } from './key-access.ts';
import { formatKeyEtag } from './key-etag.ts';
import { toKey } from './key-resource.ts';
import { generateKeyString } from './key-string.ts';
import { validateRestrictions } from './validate-restrictions.ts';

/** What an operation does, in the letters of its name. Source: observed operation names. */
const operationKinds = { create: 'p7', update: 'p10', delete: 'p12', undelete: 'p13' } as const;

const keyIdPattern = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const uuidPattern = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
/** Source: API Keys' quotas. */
const maxKeysPerProject = 300;
const maxDisplayNameLength = 63;
const maxAnnotationBytes = 256 * 1024;
const annotationKeyPattern =
  /^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;

/** Makes a key. INVALID_ARGUMENT, ALREADY_EXISTS, RESOURCE_EXHAUSTED. */
export async function createKey(
  deps: ApiKeyDependencies,
  request: CreateKeyRequest,
  context: CallContext,
): Promise<Operation> {
  const access = { parent: request.parent, permission: 'apikeys.keys.create' };
  const project = await requireKeyParent(deps, context, access);
  const nowMs = deps.clock.nowMs();
  const uid = randomUUID();
  const { keyId } = request;
  if (keyId !== '' && (!keyIdPattern.test(keyId) || uuidPattern.test(keyId)))
    throw invalid(`Invalid key id '${keyId}': use [a-z]([a-z0-9-]{0,61}[a-z0-9])? and no UUID.`);
  const record: ApiKeyRecord = {
    uid,
    keyId: keyId === '' ? uid : keyId,
    projectId: project.projectId,
    keyString: generateKeyString(),
    ...validateSettings(request.key ?? create(KeySchema)),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    revision: 1,
  };
  return deps.store.transaction(async (tx) => {
    if ((await tx.apiKeys.count(project.projectId)) >= maxKeysPerProject)
      throw new RpcError(
        RpcCode.RESOURCE_EXHAUSTED,
        `Project ${project.projectId} has ${maxKeysPerProject} API keys, which is the limit.`,
      );
    if (!(await tx.apiKeys.insert(record)))
      throw new RpcError(RpcCode.ALREADY_EXISTS, 'Requested entity already exists');
    return recordOperation(tx, 'create', { record, project });
  });
}

/** Changes what the mask names, everything for `*`, and without a mask what the request fills. */
export async function updateKey(
  deps: ApiKeyDependencies,
  { key = create(KeySchema), updateMask }: UpdateKeyRequest,
  context: CallContext,
): Promise<Operation> {
  const found = await requireKey(deps, context, { name: key.name, permission: 'apikeys.keys.update' });
  requireEtag(found.record, key.etag);
  requireLive(found.record);
  const fields = fieldsToChange(key, updateMask?.paths ?? []);
  const { restrictions: keptRestrictions, ...kept } = found.record;
  const { restrictions: newRestrictions, ...settings } = validateSettings(key);
  const restrictions = fields.has('restrictions') ? newRestrictions : keptRestrictions;
  return write(deps, 'update', {
    project: found.project,
    record: {
      ...kept,
      ...(fields.has('display_name') ? { displayName: settings.displayName } : {}),
      ...(fields.has('annotations') ? { annotations: settings.annotations } : {}),
      ...(restrictions === undefined ? {} : { restrictions }),
    },
  });
}

/** Deletes a key; it can be undeleted for 30 days and is refused at once, caches aside. */
export async function deleteKey(
  deps: ApiKeyDependencies,
  request: { readonly name: string; readonly etag: string },
  context: CallContext,
): Promise<Operation> {
  const found = await requireKey(deps, context, { name: request.name, permission: 'apikeys.keys.delete' });
  requireEtag(found.record, request.etag);
  requireLive(found.record);
  return write(deps, 'delete', { ...found, record: { ...found.record, deletedAtMs: deps.clock.nowMs() } });
}

/** Makes a deleted key good again, under the same string. */
export async function undeleteKey(
  deps: ApiKeyDependencies,
  request: { readonly name: string },
  context: CallContext,
): Promise<Operation> {
  const found = await requireKey(deps, context, { name: request.name, permission: 'apikeys.keys.undelete' });
  if (found.record.deletedAtMs === undefined)
    throw new RpcError(RpcCode.FAILED_PRECONDITION, 'The key is not deleted.');
  const { deletedAtMs: _, ...live } = found.record;
  return write(deps, 'undelete', { ...found, record: live });
}

function write(
  { store, clock }: ApiKeyDependencies,
  kind: keyof typeof operationKinds,
  { record, project }: KeyInProject,
): Promise<Operation> {
  const changed = { ...record, updatedAtMs: clock.nowMs(), revision: record.revision + 1 };
  return store.transaction(async (tx) => {
    if (!(await tx.apiKeys.update(changed))) throw staleEtag();
    return recordOperation(tx, kind, { record: changed, project });
  });
}

async function recordOperation(
  tx: Store,
  kind: keyof typeof operationKinds,
  { record, project }: KeyInProject,
): Promise<Operation> {
  const operation = create(OperationSchema, {
    name: `operations/akmf.${operationKinds[kind]}-${project.projectNumber}-${randomUUID()}`,
    done: true,
    result: { case: 'response', value: anyPack(KeySchema, toKey(record, project, true)) },
  });
  await tx.operations.insert({
    name: operation.name,
    api: 'apikeys',
    resource: `projects/${project.projectId}`,
    startedAtMs: record.updatedAtMs,
    operation,
  });
  return operation;
}

type KeyField = 'display_name' | 'restrictions' | 'annotations';
const keyFields: readonly KeyField[] = ['display_name', 'restrictions', 'annotations'];

function fieldsToChange(key: Key, paths: readonly string[]): ReadonlySet<KeyField> {
  if (paths.includes('*')) return new Set(keyFields);
  const unknown = paths.find((path) => !keyFields.some((field) => field === path));
  if (unknown !== undefined) throw invalid(`update_mask: '${unknown}' cannot be changed.`);
  if (paths.length > 0) return new Set(keyFields.filter((field) => paths.includes(field)));
  const isFilled: Record<KeyField, boolean> = {
    display_name: key.displayName !== '',
    restrictions: key.restrictions !== undefined,
    annotations: Object.keys(key.annotations).length > 0,
  };
  return new Set(keyFields.filter((field) => isFilled[field]));
}

function validateSettings(key: Key): Pick<ApiKeyRecord, 'displayName' | 'annotations' | 'restrictions'> {
  if (key.displayName.length > maxDisplayNameLength)
    throw invalid(`The display name is longer than ${maxDisplayNameLength} characters.`);
  const entries = Object.entries(key.annotations);
  const bytes = entries.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes > maxAnnotationBytes || entries.some(([name]) => !annotationKeyPattern.test(name)))
    throw invalid('Invalid annotations.');
  const restrictions = validateRestrictions(key.restrictions);
  return {
    displayName: key.displayName,
    annotations: key.annotations,
    ...(restrictions === undefined ? {} : { restrictions }),
  };
}

function requireEtag(record: ApiKeyRecord, etag: string): void {
  if (etag !== '' && etag !== formatKeyEtag(record.revision)) throw staleEtag();
}

function requireLive({ deletedAtMs }: ApiKeyRecord): void {
  if (deletedAtMs !== undefined) throw new RpcError(RpcCode.FAILED_PRECONDITION, 'The key is deleted.');
}

function staleEtag(): RpcError {
  return new RpcError(
    RpcCode.ABORTED,
    'The etag does not match: the key was changed. Read it again and retry.',
  );
}

function invalid(message: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, message);
}
