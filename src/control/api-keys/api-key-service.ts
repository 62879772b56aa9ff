import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  ApiKeys,
  GetKeyStringResponseSchema,
  ListKeysResponseSchema,
  LookupKeyResponseSchema,
} from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import type {
  ListKeysRequest,
  ListKeysResponse,
  LookupKeyRequest,
  LookupKeyResponse,
} from '../../gen/google/api/apikeys/v2/apikeys_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { implement } from '../rpc/service.ts';
import type { CallContext, ServiceImplementation } from '../rpc/service.ts';
import { formatPageToken, parsePageRequest } from '../paging.ts';
import type { PageLimits } from '../paging.ts';
import { createKey, deleteKey, undeleteKey, updateKey } from './change-key.ts';
import { requireKey, requireKeyParent } from './key-access.ts';
import type { ApiKeyDependencies } from './key-access.ts';
import { formatKeyParent, toKey } from './key-resource.ts';

const limits: PageLimits = { kind: 'keys', defaultSize: 50, maxSize: 300 };

/** google.api.apikeys.v2.ApiKeys over the store. */
export function createApiKeyService(deps: ApiKeyDependencies): ServiceImplementation {
  return implement(ApiKeys, {
    createKey: (request, context) => createKey(deps, request, context),
    listKeys: (request, context) => listKeys(deps, request, context),
    getKey: async ({ name }, context) => {
      const { record, project } = await requireKey(deps, context, { name, permission: 'apikeys.keys.get' });
      return toKey(record, project, false);
    },
    getKeyString: async ({ name }, context) => {
      const { record } = await requireKey(deps, context, { name, permission: 'apikeys.keys.getKeyString' });
      return create(GetKeyStringResponseSchema, { keyString: record.keyString.reveal() });
    },
    updateKey: (request, context) => updateKey(deps, request, context),
    deleteKey: (request, context) => deleteKey(deps, request, context),
    undeleteKey: (request, context) => undeleteKey(deps, request, context),
    lookupKey: (request, context) => lookupKey(deps, request, context),
  });
}

async function listKeys(
  deps: ApiKeyDependencies,
  request: ListKeysRequest,
  context: CallContext,
): Promise<ListKeysResponse> {
  const project = await requireKeyParent(deps, context, {
    parent: request.parent,
    permission: 'apikeys.keys.list',
  });
  const page = await deps.store.apiKeys.list(project.projectId, {
    ...parsePageRequest(request, limits),
    showDeleted: request.showDeleted,
  });
  return create(ListKeysResponseSchema, {
    keys: page.records.map((record) => toKey(record, project, false)),
    nextPageToken: formatPageToken(page.next, limits),
  });
}

/** Whose key a string is. A string that nobody issued and a key that the caller may not look up read alike. */
async function lookupKey(
  { store, authorizer }: ApiKeyDependencies,
  { keyString }: LookupKeyRequest,
  context: CallContext,
): Promise<LookupKeyResponse> {
  const record = await store.apiKeys.findByKeyString(keyString);
  const project = record && (await store.projects.get(record.projectId));
  const permission = 'apikeys.keys.lookup';
  const denied = `Permission '${permission}' denied on resource (or it may not exist).`;
  if (record === undefined || project === undefined) throw new RpcError(RpcCode.PERMISSION_DENIED, denied);
  await authorizer.require(context, { kind: 'project', projectId: project.projectId }, permission, denied);
  const parent = formatKeyParent(project);
  return create(LookupKeyResponseSchema, { parent, name: `${parent}/keys/${record.keyId}` });
}
