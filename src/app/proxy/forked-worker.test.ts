import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readEnvironment } from '../environment.ts';
import { FlagReader } from '../flags/flag-reader.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { ForkedWorker } from './forked-worker.ts';
import { toProxySettings } from './settings/to-proxy-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-forked-'));
after(() => rmSync(folder, { recursive: true }));

const flags = [
  '--runtime_version=2',
  '--service_json_path=x',
  '--backend=http://127.0.0.1:1',
  '--listener_port=0',
];
const settings = toProxySettings(
  new FlagReader(parseFlags([...flags, '--drain_delay=0s', '--drain_timeout=0s'])),
  readEnvironment({}),
);
const events = { onRolloutId: () => undefined, onDrainWanted: () => undefined };

/** A worker whose process is the given program. */
function createWorker(text: string): ForkedWorker {
  const program = join(folder, 'worker.mjs');
  writeFileSync(program, text);
  return new ForkedWorker(events, { program, closeTimeoutMs: 50 });
}

const serving = `process.send({ kind: 'serving', ports: [1] });`;

describe('ForkedWorker', { timeout: 20_000 }, () => {
  for (const how of ['drain', 'close'] as const)
    it(`kills a process that is told to ${how} and does not end`, async () => {
      const worker = createWorker(
        `process.on('message', ({ kind }) => { if (kind === 'start') ${serving} });`,
      );
      await worker.start(settings);
      await worker[how]();
      assert.throws(() => process.kill(worker.pid as number, 0), { code: 'ESRCH' });
    });

  for (const signal of ['SIGINT', 'SIGHUP'] as const)
    it(`leaves ${signal} to the supervisor`, async () => {
      const file = join(folder, 'service.json');
      const apis = [{ name: '1.echo', methods: [{ name: 'Echo' }] }];
      writeFileSync(file, JSON.stringify({ name: 'echo.example.com', id: 'r1', apis }));
      const worker = new ForkedWorker(events);
      await worker.start({ ...settings, source: { kind: 'file', path: file } });
      process.kill(worker.pid as number, signal);
      const answer = await worker.answerAdmin({ method: 'GET', target: '/livez' });
      assert.equal(answer.status, 200);
      await worker.close();
    });

  it('tells of a process that ends while it starts', async () => {
    await assert.rejects(createWorker('process.exit(3);').start(settings), { name: 'WorkerStartError' });
  });
});
