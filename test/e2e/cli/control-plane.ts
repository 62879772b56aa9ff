import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { commands } from '../../../src/cli/commands.ts';
import { createAuthorizer } from '../../../src/control/iam/store-authorizer.ts';
import { ensureOwnerToken } from '../../../src/control/oauth/owner-token.ts';
import { createControlServer } from '../../../src/control/server.ts';
import { createServiceManager } from '../../../src/control/service-management/service-manager.ts';
import { ManualClock } from '../../../src/core/manual-clock.ts';
import { compileFiles } from '../../../src/service-config/compile.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { silentLogger } from '../../../src/telemetry/logger.ts';

/** What one command line did. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A control plane in this process and a client beside it; the test's end stops and removes both. */
export interface ControlPlane {
  readonly clock: ManualClock;
  /** Where the client runs; its data folder is `.gatehouse` in it. */
  readonly folder: string;
  /** Runs a command line; words with spaces stand in double quotes. `answers` are typed at the prompts, in turn. */
  run(line: string, answers?: readonly string[]): Promise<Ran>;
  /** Runs one that must succeed. */
  ok(line: string): Promise<Ran>;
}

/** Starts one with project `example-project-1` and the sample's openapi.yaml in the folder. */
export async function startControlPlane(context: TestContext): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  const data = join(folder, '.gatehouse');
  mkdirSync(data, { mode: 0o700 });
  const clock = new ManualClock(Date.UTC(2026, 0, 31, 12));
  const store = await openStore({ folder: data });
  const authorizer = createAuthorizer(store);
  const server = await createControlServer(
    {},
    {
      store,
      authorizer,
      clock,
      logger: silentLogger,
      services: [createServiceManager({ store, authorizer, clock, compile: compileFiles })],
    },
  );
  context.after(async () => {
    await server.close();
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await ensureOwnerToken(store, data);
  const endpoint = { url: server.url, consoleUrl: `${server.url}/console` };
  writeFileSync(join(data, 'endpoint.json'), JSON.stringify(endpoint));
  writeSample(folder);
  const plane = new Plane(folder, clock);
  await plane.ok('projects create example-project-1 --set-as-default');
  return plane;
}

function writeSample(folder: string): void {
  const sample = readFileSync(new URL('../../../sample/echo/openapi.yaml', import.meta.url), 'utf8');
  writeFileSync(join(folder, 'openapi.yaml'), sample.replaceAll('YOUR-PROJECT-ID', 'example-project-1'));
}

class Plane implements ControlPlane {
  readonly folder: string;
  readonly clock: ManualClock;

  constructor(folder: string, clock: ManualClock) {
    this.folder = folder;
    this.clock = clock;
  }

  async run(line: string, answers?: readonly string[]): Promise<Ran> {
    let [stdout, stderr] = ['', ''];
    const typed = [...(answers ?? [])];
    const code = await runCommandLine(
      toWords(line),
      {
        env: {},
        cwd: this.folder,
        stdout: (text) => (stdout += text),
        stderr: (text) => (stderr += text),
        ask:
          answers === undefined
            ? undefined
            : (question) => {
                stderr += question;
                return Promise.resolve(typed.shift() ?? '');
              },
        sleep: (ms) => Promise.resolve(this.clock.advance(ms)),
        nowMs: () => this.clock.nowMs(),
        signal: new AbortController().signal,
      },
      { commands },
    );
    return { code, stdout: normalize(stdout), stderr: normalize(stderr) };
  }

  async ok(line: string): Promise<Ran> {
    const ran = await this.run(line);
    if (ran.code !== 0) throw new Error(`${line}: exit code ${ran.code}\n${ran.stderr}`);
    return ran;
  }
}

function toWords(line: string): string[] {
  return (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));
}

/** Puts names in place of what is random. */
function normalize(text: string): string {
  return text
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'URL')
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/AIza[\w-]{35}/g, 'KEY_STRING')
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'KEY_ID')
    .replaceAll(/\b\d{21}\b/g, 'UNIQUE_ID')
    .replaceAll(/(?<=projects\/|operations\/\w+\.(?:p\d+-)?|projectNumber: '|^|\s)\d{12}\b/g, 'NUMBER')
    .replaceAll(/(?<=etag: |etag":)\S+/g, 'ETAG');
}
