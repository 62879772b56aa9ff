import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { useGate } from './harness/gate.ts';
import { testHttp1Cases } from './harness/test-http1-cases.ts';
import { corsCases, corsGate, keyLogCases, logGate, pathCases, pathsGate } from './paths.cases.ts';

testHttp1Cases('paths and queries', pathsGate, pathCases);
testHttp1Cases('preflights', corsGate, corsCases);

describe('keys in the access log', { timeout: 60_000 }, () => {
  const gate = useGate(logGate);
  for (const { item, name, sent, status } of keyLogCases) {
    test(`${item}: ${name} is hidden`, async () => {
      const peer = await gate().connect();
      peer.send(sent);
      const answer = await peer.until('\r\n\r\n');
      peer.destroy();
      assert.equal(Number(answer.slice(9, 12)), status);
      await gate().assertHealthy();
      const lines = await gate().readLog((text) => text.includes('/fence'));
      assert.match(lines, /\[redacted\]/);
      assert.doesNotMatch(lines, /SECRET/);
    });
  }
});
