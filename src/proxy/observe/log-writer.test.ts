import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { createLogger, silentLogger } from '../../telemetry/logger.ts';
import { createLogWriter } from './log-writer.ts';

describe('createLogWriter', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'log-writer-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('appends lines in order and has them on disk when it is closed', async () => {
    const path = join(folder, 'access.log');
    const writer = createLogWriter({ path, logger: silentLogger });
    for (let i = 0; i < 100; i++) writer.write(`line ${i}\n`);
    await writer.close();
    const expected = Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join('');
    assert.equal(readFileSync(path, 'latin1'), expected);
  });

  it('drops and counts what its bound does not hold', async () => {
    const path = join(folder, 'access.log');
    const writer = createLogWriter({ path, logger: silentLogger, maxQueuedBytes: 10 });
    assert.equal(writer.write('12345\n'), true);
    assert.equal(writer.write('67890\n'), false);
    assert.equal(writer.dropped, 1);
    await writer.close();
    assert.equal(readFileSync(path, 'latin1'), '12345\n');
  });

  it('goes on in a new file after reopen', async () => {
    const path = join(folder, 'access.log');
    const first = createLogWriter({ path, logger: silentLogger });
    first.write('before\n');
    await first.close();
    const writer = createLogWriter({ path, logger: silentLogger });
    renameSync(path, `${path}.1`);
    writer.reopen();
    writer.write('after\n');
    await writer.close();
    assert.equal(readFileSync(`${path}.1`, 'latin1'), 'before\n');
    assert.equal(readFileSync(path, 'latin1'), 'after\n');
  });

  it('reopens a file that it holds open', async () => {
    const path = join(folder, 'access.log');
    const writer = createLogWriter({ path, logger: silentLogger });
    writer.write('before\n');
    // Ordered by the file system: the first line is there before the file is moved.
    while (!hasText(path)) await new Promise((resolve) => setImmediate(resolve));
    renameSync(path, `${path}.1`);
    writer.reopen();
    writer.write('after\n');
    await writer.close();
    assert.equal(readFileSync(path, 'latin1'), 'after\n');
  });

  it('says so when the file cannot be opened, and takes further lines', async () => {
    const lines: string[] = [];
    const logger = createLogger({ sink: (line) => lines.push(line) });
    const writer = createLogWriter({ path: join(folder, 'no', 'such', 'file'), logger });
    assert.equal(writer.write('lost\n'), true);
    await writer.close();
    assert.match(lines[0] ?? '', /access log cannot be written/);
  });
});

function hasText(path: string): boolean {
  try {
    return readFileSync(path, 'latin1') !== '';
  } catch {
    // Not created yet.
    return false;
  }
}
