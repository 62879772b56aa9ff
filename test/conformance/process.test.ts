import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readKnownFailures } from './known-failures.ts';
import { type ProcessCase, readProcessCases } from './process/process-case.ts';
import { type ProxyUnderTest, startProxyUnderTest } from './process/proxy-under-test.ts';
import { runCase } from './process/run-case.ts';
import { createTestCertificates } from './process/test-certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-conformance-'));
const certificates = createTestCertificates(join(folder, 'certificates'));
const cases = readProcessCases();
const knownFailures = readKnownFailures('process');
/** `node test/conformance/process.test.ts TEXT` runs the cases whose suite and name contain it. */
const only = process.argv[2];

after(() => rmSync(folder, { recursive: true, force: true }));

/** Cases with one setup share one process: those that look at calls first, as long as nobody else's are on their way. */
function groupCases(all: readonly ProcessCase[]): ReadonlyMap<string, readonly ProcessCase[]> {
  const groups = new Map<string, ProcessCase[]>();
  for (const one of all) {
    const key = JSON.stringify(one.setup);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const looksAtCalls = (one: ProcessCase): number => ((one.calls ?? one.callCount) === undefined ? 1 : 0);
  for (const group of groups.values()) group.sort((a, b) => looksAtCalls(a) - looksAtCalls(b));
  return groups;
}

const selected =
  only === undefined ? cases : cases.filter((one) => `${one.suite}: ${one.name}`.includes(only));

describe('conformance of the proxy process', { concurrency: 3 }, () => {
  let number = 0;
  for (const group of groupCases(selected).values()) {
    const [first] = group as [ProcessCase];
    const groupFolder = join(folder, `group-${number++}`);
    const title = `${first.suite}, ${first.setup.service} ${(first.setup.flags ?? []).join(' ')}`;
    // One after the other: they look at the same servers.
    describe(title, { concurrency: 1 }, () => {
      let proxy: ProxyUnderTest | undefined;
      let startError: unknown;
      before(async () => {
        try {
          proxy = await startProxyUnderTest(first.setup, groupFolder, certificates);
        } catch (error) {
          startError = error;
        }
      });
      after(async () => await proxy?.close());
      for (const one of group) {
        const run = async (): Promise<void> => {
          if (one.expectStart !== undefined) {
            assert.equal(proxy, undefined, 'the proxy serves');
            assert.ok(String(startError).includes(one.expectStart), String(startError));
            return;
          }
          if (proxy === undefined) throw startError;
          await runCase(one, proxy);
        };
        const reason = knownFailures.get(`${one.suite}: ${one.name}`);
        if (reason === undefined) test(`${one.suite}: ${one.name}`, run);
        else
          test(`${one.suite}: ${one.name} (known failure: ${reason})`, async () => {
            await assert.rejects(run, 'passes now: take it off known-failures.txt');
          });
      }
    });
  }
});

describe('known-failures.txt about the process', () => {
  test('names cases that exist, each with a reason', () => {
    const keys = new Set(cases.map((one) => `${one.suite}: ${one.name}`));
    for (const [key, reason] of knownFailures) assert.ok(keys.has(key) && reason !== '', key);
  });

  test('stands beside cases with names of their own', () => {
    assert.equal(new Set(cases.map((one) => `${one.suite}: ${one.name}`)).size, cases.length);
  });
});
