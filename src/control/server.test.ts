import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ConfigError } from '../core/errors.ts';
import { ManualClock } from '../core/manual-clock.ts';
import {
  ListServicesResponseSchema,
  ServiceManager,
} from '../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { openStore } from '../store/open-store.ts';
import { testFolder } from '../store/test-stores.ts';
import { silentLogger } from '../telemetry/logger.ts';
import { createAuthorizer } from './iam/store-authorizer.ts';
import { ensureOwnerToken } from './oauth/owner-token.ts';
import { implement } from './rpc/service.ts';
import { createControlServer } from './server.ts';
import type { ControlServer } from './server.ts';
import { startTestControl } from './test-control.ts';

describe('createControlServer', () => {
  test('listens on the loopback address and answers its health', async (context) => {
    const { url } = await startTestControl(context);
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
    const response = await fetch(`${url}/healthz`, { headers: { connection: 'close' } });
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'ok\n');
  });

  test('finishes the calls that run before it closes', async (context) => {
    const folder = testFolder(context);
    const store = await openStore({ folder });
    context.after(() => store.close());
    const token = (await ensureOwnerToken(store, folder)).reveal();
    const started = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = implement(ServiceManager, {
      listServices: async () => {
        started.resolve();
        await release.promise;
        return create(ListServicesResponseSchema, { nextPageToken: 'done' });
      },
    });
    const server: ControlServer = await createControlServer(
      {},
      {
        store,
        authorizer: createAuthorizer(store),
        clock: new ManualClock(),
        logger: silentLogger,
        services: [slow],
      },
    );
    const call = fetch(`${server.url}/v1/services`, {
      headers: { authorization: `Bearer ${token}`, connection: 'close' },
    });
    await started.promise;
    const closing = server.close();
    await assert.rejects(fetch(`${server.url}/healthz`));
    release.resolve();
    assert.deepEqual(await (await call).json(), { nextPageToken: 'done' });
    await closing;
    await server.close();
  });

  test('refuses a port that is taken', async (context) => {
    const taken = createServer().listen(0, '127.0.0.1');
    context.after(() => taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await assert.rejects(startTestControl(context, { port }), ConfigError);
  });

  test('takes up to 1 MB for most services', async (context) => {
    const control = await startTestControl(context);
    const body = JSON.stringify({ projectId: 'x'.repeat(1024 * 1024) });
    const answer = await control.call('POST', '/v1/projects', body);
    assert.equal(answer.status, 413);
  });

  test('asks for a token before it reads a body', async (context) => {
    const control = await startTestControl(context);
    const answer = await control.call('POST', '/v1/projects', 'x'.repeat(2 * 1024 * 1024), '');
    assert.equal(answer.status, 401);
  });
});
