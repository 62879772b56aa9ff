import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { runCommandLine } from '../command-line.ts';
import { commands } from '../commands.ts';

/** One answer: a status with a body, or a body with 200. */
export type Answer = JsonValue | { readonly status: number; readonly body: JsonValue };

/** A server that answers from a script, and a client that calls it. */
export interface FakeControlPlane {
  readonly folder: string;
  /** What was called, as `VERB path`, in turn. */
  readonly calls: readonly string[];
  /** Bodies of the calls. */
  readonly bodies: readonly JsonValue[];
  /** How long the client slept, each time. */
  readonly sleptMs: readonly number[];
  run(
    argv: readonly string[],
    answers?: readonly string[],
  ): Promise<{ code: number; stdout: string; stderr: string }>;
}

/**
 * Starts a server that answers each `VERB path` with the answers listed for it, in turn, the last one for ever; 404
 * for the rest. Project and token are set.
 */
export async function startFakeControlPlane(
  context: TestContext,
  script: Readonly<Record<string, readonly Answer[]>>,
): Promise<FakeControlPlane> {
  const calls: string[] = [];
  const bodies: JsonValue[] = [];
  const turns = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response);
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const call = `${request.method} ${decodeURIComponent(request.url ?? '')}`;
    calls.push(call);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    bodies.push(chunks.length === 0 ? null : (JSON.parse(Buffer.concat(chunks).toString()) as JsonValue));
    const answers = script[call] ?? [
      { status: 404, body: { error: { status: 'NOT_FOUND', message: call } } },
    ];
    const turn = turns.get(call) ?? 0;
    turns.set(call, turn + 1);
    const next = answers[Math.min(turn, answers.length - 1)] as Answer;
    const full = isFull(next) ? next : { status: 200, body: next };
    response.writeHead(full.status, { 'content-type': 'application/json' }).end(JSON.stringify(full.body));
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  context.after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  // A TCP server that listens has such an address.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(join(folder, '.gatehouse'));
  writeFileSync(join(folder, '.gatehouse/endpoint.json'), JSON.stringify({ url, project: 'p1' }));
  const sleptMs: number[] = [];
  return {
    folder,
    calls,
    bodies,
    sleptMs,
    async run(argv, answers) {
      let [stdout, stderr] = ['', ''];
      const typed = [...(answers ?? [])];
      const code = await runCommandLine(
        argv,
        {
          env: { GATEHOUSE_ACCESS_TOKEN: 't' },
          cwd: folder,
          stdout: (text) => (stdout += text),
          stderr: (text) => (stderr += text),
          ask: answers === undefined ? undefined : () => Promise.resolve(typed.shift() ?? ''),
          sleep: (ms) => Promise.resolve(void sleptMs.push(ms)),
          nowMs: () => sleptMs.reduce((sum, ms) => sum + ms, 0),
          signal: new AbortController().signal,
        },
        { commands },
      );
      return { code, stdout, stderr };
    },
  };
}

function isFull(answer: Answer): answer is { status: number; body: JsonValue } {
  return typeof answer === 'object' && answer !== null && 'status' in answer && 'body' in answer;
}
