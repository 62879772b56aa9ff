import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { plainAndTls } from './plain-and-tls.ts';

const isInstalled = spawnSync('h2spec', ['--version']).error === undefined;
const runMs = 120_000;
/** What the whole of a run must end with. */
const summary = /(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed/;
const leastTests = 140;

/** Without TLS the port takes HTTP/1.1, too, and answers what is neither with 400: a response where h2spec expects none. */
const failsInPlainText = '× 2: Sends invalid connection preface';

function runH2spec(port: number, args: readonly string[]): Promise<string> {
  const all = ['-h', 'localhost', '-p', String(port), '-P', '/simpleget?key=h2spec', '--strict', ...args];
  return new Promise((resolve) => {
    execFile('h2spec', all, { timeout: runMs }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

/** The lines of the cases that failed, once each. */
function failures(output: string): string[] {
  return [...new Set(output.slice(output.indexOf('Failures:')).match(/× \d+: .*/g))];
}

describe('h2spec', { skip: isInstalled ? false : 'h2spec is not installed', timeout: 2 * runMs }, () => {
  const proxies = plainAndTls();

  for (const [over, args, expected] of [
    ['plain text', [], [failsInPlainText]],
    ['TLS', ['-t', '-k'], []],
  ] as const)
    test(`has nothing to say against HTTP/2 over ${over}`, async () => {
      const output = await runH2spec((over === 'TLS' ? proxies.tls : proxies.plain).port, args);
      const counted = summary.exec(output);
      assert.ok(Number(counted?.[1]) >= leastTests, output);
      assert.deepEqual(failures(output), expected, output.slice(output.indexOf('Failures:')));
      assert.equal(Number(counted?.[3]), 0);
    });
});
