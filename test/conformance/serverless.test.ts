import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { freePort } from '../helpers/ports.ts';
import { Program } from '../helpers/program.ts';
import { echoService } from './process/echo-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-serverless-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const serviceFile = join(folder, 'service.json');
writeFileSync(serviceFile, JSON.stringify(echoService({}, undefined)));

function start(env: Record<string, string>): Program {
  // Nothing of the machine that runs the tests may count.
  const none = { K_SERVICE: '', GOOGLE_APPLICATION_CREDENTIALS: '', XDG_STATE_HOME: folder };
  return Program.gatehouse(['proxy'], { env: { ...none, ...env } });
}

describe('gatehouse proxy in a serverless container', () => {
  test('serves on PORT what the environment names', async () => {
    const port = await freePort();
    await using program = start({
      PORT: String(port),
      ENDPOINTS_SERVICE_PATH: serviceFile,
      ESPv2_ARGS: '--healthz=/healthz,--listener_address=127.0.0.1,--drain_delay=0s',
    });
    await program.waitForLine(/"serving"/);
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    assert.deepEqual([answer.status, await answer.json()], [200, { code: 200, message: '' }]);
    assert.equal((await program.stop()).code, 0);
  });

  test('S2: a blank in front of a flag ends it with a line', async () => {
    const finished = await start({
      PORT: '8080',
      ENDPOINTS_SERVICE_PATH: serviceFile,
      ESPv2_ARGS: ' --disable_tracing ',
    }).finished();
    assert.equal(finished.code, 2);
    assert.match(finished.stderr, / --disable_tracing : is no flag/);
  });

  const explained: ReadonlyArray<
    readonly [name: string, env: Readonly<Record<string, string>>, text: RegExp]
  > = [
    ['S6: no service', { K_SERVICE: 'k' }, /Neither ENDPOINTS_SERVICE_NAME nor ENDPOINTS_SERVICE_PATH/],
    ['S7: an empty delimiter', { ENDPOINTS_SERVICE_NAME: 's', ESPv2_ARGS: '^^x' }, /ESPv2_ARGS is malformed/],
  ];
  for (const [name, env, text] of explained)
    test(`${name} is told to whoever asks`, async () => {
      const port = await freePort();
      await using program = start({ PORT: String(port), ...env });
      await program.waitForLine(/Answering 503/);
      const answer = await fetch(`http://127.0.0.1:${port}/any/path`);
      assert.equal(answer.status, 503);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
      assert.match(await answer.text(), text);
      assert.equal((await program.stop()).code, 0);
    });
});
