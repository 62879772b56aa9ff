import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { ListOperationsRequestSchema, OperationSchema } from '../../gen/google/longrunning/operations_pb.ts';
import { openStore } from '../../store/open-store.ts';
import { testFolder } from '../../store/test-stores.ts';
import type { Authorizer } from '../authorizer.ts';
import { RpcError } from '../rpc/rpc-error.ts';
import type { CallContext } from '../rpc/service.ts';
import { listOperations } from './list-operations.ts';

const serviceName = 'a.example';
const context: CallContext = {
  caller: { kind: 'owner' },
  signal: new AbortController().signal,
  baseUrl: 'http://localhost',
};
const everybody: Authorizer = {
  grantedPermissions: (_context, _resource, permissions) => Promise.resolve([...permissions]),
  require: () => Promise.resolve(),
};

describe('listOperations', () => {
  it('pages through the operations that match, newest first', async (test) => {
    const store = await openStore({ folder: testFolder(test) });
    test.after(() => store.close());
    await store.managedServices.insert({ serviceName, producerProjectId: 'p', createdAtMs: 0 });
    for (let number = 0; number < 6; number++) {
      const name = `operations/services.${serviceName}-${number}`;
      await store.operations.insert({
        name,
        api: 'servicemanagement',
        resource: `services/${serviceName}`,
        startedAtMs: number,
        operation: create(OperationSchema, { name, done: number % 2 === 0 }),
      });
    }
    const list = async (pageToken: string): Promise<[string[], string]> => {
      const request = create(ListOperationsRequestSchema, {
        filter: `serviceName=${serviceName} AND done=true`,
        pageSize: 2,
        pageToken,
      });
      const response = await listOperations({ store, authorizer: everybody }, request, context);
      return [response.operations.map((operation) => operation.name.slice(-1)), response.nextPageToken];
    };
    const [first, token] = await list('');
    assert.deepEqual(first, ['4', '2']);
    assert.deepEqual(await list(token), [['0'], '']);
  });

  it('refuses a service that is not there', async (test) => {
    const store = await openStore({ folder: testFolder(test) });
    test.after(() => store.close());
    const request = create(ListOperationsRequestSchema, { filter: 'serviceName=b.example' });
    await assert.rejects(
      listOperations({ store, authorizer: everybody }, request, context),
      (error) => error instanceof RpcError && error.code === RpcCode.PERMISSION_DENIED,
    );
  });
});
