import { create } from '@bufbuild/protobuf';
import { EmptySchema, anyPack } from '@bufbuild/protobuf/wkt';
import { RpcCode } from '../../core/status.ts';
import { Operations, OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import type { Operation } from '../../gen/google/longrunning/operations_pb.ts';
import type { OperationApi, OperationRecord } from '../../store/operations.ts';
import type { Store } from '../../store/store.ts';
import type { Authorizer, IamResource } from '../authorizer.ts';
import { parseIamResource } from '../iam/resource-name.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import { implement } from '../rpc/service.ts';
import type { CallContext, ServiceImplementation } from '../rpc/service.ts';
import { listOperations } from '../service-management/list-operations.ts';
import { noopOperationName } from './noop-operation.ts';

/** What the operations service works with. */
export interface OperationDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
}

/** Who may see an operation of each API. Those of API keys hold key strings. */
const readPermissions: Readonly<Record<OperationApi, string>> = {
  servicemanagement: 'servicemanagement.services.get',
  apikeys: 'apikeys.keys.getKeyString',
  serviceusage: 'serviceusage.services.get',
  cloudresourcemanager: 'resourcemanager.projects.get',
};

/**
 * google.longrunning.Operations for every API: names tell them apart. Only Service Management lists its operations;
 * what this server starts is done when it answers, so there is nothing to cancel or to wait for.
 */
export function createOperationsService(deps: OperationDependencies): ServiceImplementation {
  return implement(Operations, {
    getOperation: ({ name }, context) => getOperation(deps, name, context),
    listOperations: (request, context) => listOperations(deps, request, context),
    waitOperation: () =>
      Promise.reject(new RpcError(RpcCode.UNIMPLEMENTED, 'WaitOperation is not supported now.')),
  });
}

async function getOperation(
  { store, authorizer }: OperationDependencies,
  name: string,
  context: CallContext,
): Promise<Operation> {
  if (name === noopOperationName)
    return create(OperationSchema, {
      name,
      done: true,
      result: { case: 'response', value: anyPack(EmptySchema, create(EmptySchema)) },
    });
  const record = await store.operations.get(name);
  if (record === undefined || !(await isVisible(authorizer, record, context)))
    throw new RpcError(RpcCode.NOT_FOUND, `Operation '${name}' not found or permission denied.`);
  return record.operation;
}

async function isVisible(
  authorizer: Authorizer,
  record: OperationRecord,
  context: CallContext,
): Promise<boolean> {
  const resource: IamResource | undefined = parseIamResource(record.resource);
  if (resource === undefined) return context.caller.kind === 'owner';
  const granted = await authorizer.grantedPermissions(context, resource, [readPermissions[record.api]]);
  return granted.length > 0;
}
