import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { readEnvironment } from '../environment.ts';
import { FlagReader } from '../flags/flag-reader.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { ProxyWorker } from './proxy-worker.ts';
import { toProxySettings } from './settings/to-proxy-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-worker-'));
after(() => rmSync(folder, { recursive: true }));

function createWorker(port: number): ProxyWorker {
  const file = join(folder, 'service.json');
  writeFileSync(
    file,
    JSON.stringify({
      name: 'echo.example.com',
      id: 'r1',
      apis: [{ name: '1.echo', methods: [{ name: 'Echo' }] }],
    }),
  );
  const flags = [
    '--runtime_version=2',
    '--service_json_path',
    file,
    '--backend=http://127.0.0.1:1',
    '--listener_port',
    String(port),
  ];
  return new ProxyWorker(toProxySettings(new FlagReader(parseFlags(flags)), readEnvironment({})), {
    clock: systemClock,
    logger: silentLogger,
    environment: () => undefined,
    onRolloutId: () => undefined,
    onDrainWanted: () => undefined,
  });
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('ProxyWorker', { timeout: 20_000 }, () => {
  it('holds no port when it is told to close while it starts', async () => {
    const worker = createWorker(await findFreePort());
    const starting = worker.start();
    await Promise.all([assert.rejects(starting, /told to stop/), worker.close()]);
    assert.deepEqual(worker.ports, []);
  });

  it('listens once its config is applied', async () => {
    const port = await findFreePort();
    const worker = createWorker(port);
    await worker.start();
    assert.deepEqual(worker.ports, [port]);
    await worker.close();
  });
});
