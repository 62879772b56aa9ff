import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clientTarget } from '../pipeline/client-target.ts';
import { createTestGateway } from '../pipeline/testing/test-gateway.ts';
import { createAccessLog } from './access-log.ts';
import type { LogWriter } from './log-writer.ts';

function createMemoryWriter(): LogWriter & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    dropped: 0,
    write(line) {
      lines.push(line);
      return true;
    },
    reopen: () => undefined,
    close: () => Promise.resolve(),
  };
}

describe('createAccessLog', () => {
  for (const [hidesApiKeys, expected] of [
    [true, '/nowhere?key=[redacted]&a=1 404\n'],
    [false, '/nowhere?key=AIzaSySecret&a=1 404\n'],
  ] as const)
    it(`writes a line for a refused request, keys ${hidesApiKeys ? 'hidden' : 'shown'}`, () => {
      const writer = createMemoryWriter();
      const log = createAccessLog(writer, (x) => `${clientTarget(x)} ${x.responseStatus}\n`, {
        hidesApiKeys,
      });
      createTestGateway({ observers: [log] }).send({ target: '/nowhere?key=AIzaSySecret&a=1' });
      assert.deepEqual(writer.lines, [expected]);
    });
});
