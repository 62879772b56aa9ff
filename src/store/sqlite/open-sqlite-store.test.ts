import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { ConfigError, GatewayError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { openStore } from '../open-store.ts';
import { testFolder } from '../test-stores.ts';

/** Opens the store and runs `body` in another process; its lines can be read. */
function runChild(context: TestContext, folder: string, body: string): ChildProcess {
  const modules = new URL('../open-store.ts', import.meta.url).href;
  const code = `
    const { openStore } = await import(${JSON.stringify(modules)});
    const store = await openStore({ folder: ${JSON.stringify(folder)} });
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => child.kill('SIGKILL'));
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')) as [
    string,
  ];
  return line;
}

const project = (i: number) => ({
  projectId: `p${i}`,
  projectNumber: String(i),
  displayName: '',
  labels: {},
  createdAtMs: 1,
});

describe('openStore', () => {
  test('makes the folder and its files for the owner only', async (context) => {
    const folder = join(testFolder(context), 'deep', 'data');
    const store = await openStore({ folder });
    context.after(() => store.close());
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    for (const name of ['gatehouse.sqlite', 'secret.key'])
      assert.equal(statSync(join(folder, name)).mode & 0o077, 0);
  });

  test('finds everything again after a restart', async (context) => {
    const folder = testFolder(context);
    const first = await openStore({ folder });
    await first.projects.insert(project(1));
    await first.settings.put('s', new Secret('secret'));
    await first.close();
    const second = await openStore({ folder });
    context.after(() => second.close());
    assert.deepEqual(await second.projects.get('p1'), project(1));
    assert.equal((await second.settings.get('s'))?.reveal(), 'secret');
  });

  test('refuses a folder that this process holds and takes it once released', async (context) => {
    const folder = testFolder(context);
    const first = await openStore({ folder });
    await assert.rejects(openStore({ folder }), isLockedBy(process.pid));
    await first.close();
    const second = await openStore({ folder });
    await second.close();
  });

  test('refuses a folder that another process holds, naming it, and takes it after kill -9', async (context) => {
    const folder = testFolder(context);
    const child = runChild(context, folder, `console.log('open'); setInterval(() => {}, 1000);`);
    assert.equal(await firstLine(child), 'open');
    await assert.rejects(openStore({ folder }), isLockedBy(child.pid as number));
    child.kill('SIGKILL');
    await once(child, 'exit');
    const store = await openStore({ folder });
    await store.close();
  });

  test('has every acknowledged write after kill -9 in the middle of writes', async (context) => {
    for (let round = 0; round < 3; round++) {
      const folder = testFolder(context);
      const child = runChild(
        context,
        folder,
        `for (let i = 0; ; i++) {
          await store.transaction(async (tx) => {
            const record = { displayName: '', labels: {}, createdAtMs: 1 };
            await tx.projects.insert({ ...record, projectId: 'p' + i, projectNumber: String(i) });
            await tx.enabledServices.enable({ projectId: 'p' + i, serviceName: 's', enabledAtMs: i });
          });
          console.log(i);
        }`,
      );
      let acknowledged = -1;
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      const enough = new Promise<void>((resolve) => {
        lines.on('line', (line) => {
          acknowledged = Number(line);
          if (acknowledged === 40 + round * 17) resolve();
        });
      });
      await enough;
      child.kill('SIGKILL');
      await Promise.all([once(child, 'exit'), once(lines, 'close')]);
      const store = await openStore({ folder });
      context.after(() => store.close());
      for (let i = 0; i <= acknowledged; i++) assert.deepEqual(await store.projects.get(`p${i}`), project(i));
      // What was not acknowledged is there whole or not at all.
      const { records } = await store.projects.list({ limit: 100_000 });
      const enabled = await store.enabledServices.listByService('s');
      assert.equal(enabled.length, records.length);
      assert.ok(records.length - 1 - acknowledged <= 1);
    }
  });

  test('refuses data of a newer version', async (context) => {
    const folder = testFolder(context);
    await (await openStore({ folder })).close();
    const database = new DatabaseSync(join(folder, 'gatehouse.sqlite'));
    database.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999_future', '2026')");
    database.close();
    await assert.rejects(openStore({ folder }), (error: unknown) => {
      assert.ok(error instanceof ConfigError);
      assert.equal(error.problem, 'the data was written by a newer version (schema 9999_future)');
      return true;
    });
    // The refusal let go of the folder.
    assert.equal(existsSync(join(folder, 'lock.pid')), false);
  });

  test('refuses a database without its key', async (context) => {
    const folder = testFolder(context);
    await (await openStore({ folder })).close();
    rmSync(join(folder, 'secret.key'));
    await assert.rejects(openStore({ folder }), ConfigError);
    assert.equal(existsSync(join(folder, 'secret.key')), false);
  });

  test('refuses a key of the wrong length', async (context) => {
    const folder = testFolder(context);
    writeFileSync(join(folder, 'secret.key'), 'short');
    await assert.rejects(openStore({ folder }), ConfigError);
  });

  test('refuses a folder that cannot be made', async (context) => {
    const folder = testFolder(context);
    writeFileSync(join(folder, 'file'), '');
    await assert.rejects(openStore({ folder: join(folder, 'file', 'data') }), ConfigError);
    mkdirSync(join(folder, 'fine'));
  });
});

function isLockedBy(pid: number): (error: unknown) => boolean {
  return (error) =>
    error instanceof GatewayError &&
    error.code === 'STORE_LOCKED' &&
    error.details['pid'] === pid &&
    error.message.includes(`pid ${pid}`);
}
