import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { runCommandLine } from '../command-line.ts';
import { commands } from '../commands.ts';

/** What one command line did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Gives a way to run command lines in a new folder with these files, and with no control plane; the test's end removes it. */
export function offlineCli(
  context: TestContext,
  files: Readonly<Record<string, string>>,
): (...argv: readonly string[]) => Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-offline-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return async (...argv) => {
    let [stdout, stderr] = ['', ''];
    const code = await runCommandLine(
      argv,
      {
        env: {},
        cwd: folder,
        stdout: (text) => (stdout += text),
        stderr: (text) => (stderr += text),
        ask: undefined,
        sleep: () => Promise.resolve(),
        nowMs: () => 0,
        signal: new AbortController().signal,
      },
      { commands },
    );
    return { code, stdout, stderr };
  };
}
