import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { eventually } from '../../helpers/eventually.ts';
import { freePort } from '../../helpers/ports.ts';
import type { Program } from '../../helpers/program.ts';
import { RawPeer } from '../../helpers/raw-http.ts';
import { Workspace } from '../../helpers/workspace.ts';
import { type HostileOperation, hostileService } from './hostile-service.ts';
import { type RecordingBackend, startRecordingBackend } from './recording-backend.ts';

/** A line of the access log: what the proxy says it did with a request. */
export interface LoggedAnswer {
  readonly status: number;
  readonly details: string;
  /** Envoy's response flags; `-` for none. */
  readonly flags: string;
  readonly target: string;
}

/** A proxy process in front of a recording backend. One for all tests of a file. */
export interface Gate {
  readonly program: Program;
  readonly port: number;
  readonly backend: RecordingBackend;
  /** Forgets what the backend saw, and connects. */
  connect(): Promise<RawPeer>;
  /** The lines of the access log about a connection's requests, as soon as there are `count`. */
  logged(clientPort: number, count: number): Promise<readonly LoggedAnswer[]>;
  /** Fails unless a normal request is served and the process calls itself ready. What the backend saw is kept. */
  assertHealthy(): Promise<void>;
}

export interface GateOptions {
  readonly runtimeVersion?: '1' | '2';
  /** Besides {@link healthOperation}. */
  readonly operations: readonly HostileOperation[];
  readonly flags?: readonly string[];
  readonly controlUrl?: string;
}

/** What {@link Gate.assertHealthy} asks for. */
export const healthOperation: HostileOperation = { row: 'GET /fence' };
const fence = 'GET /fence HTTP/1.1\r\nHost: fence.example\r\nConnection: close\r\n\r\n';
const logFormat =
  '%DOWNSTREAM_REMOTE_ADDRESS%|%RESPONSE_CODE%|%RESPONSE_CODE_DETAILS%|%RESPONSE_FLAGS%|%REQ(:PATH)%';

/** Starts one before the tests of the suite that calls it, and ends it after them. */
export function useGate(options: GateOptions | (() => Promise<GateOptions>)): () => Gate {
  const workspace = new Workspace({ after });
  let gate: Gate | undefined = undefined;
  before(async () => {
    gate = await startGate(typeof options === 'function' ? await options() : options, workspace);
  });
  after(() => gate?.backend.close());
  return () => gate as Gate;
}

async function startGate(options: GateOptions, workspace: Workspace): Promise<Gate> {
  const backend = await startRecordingBackend();
  const logFile = workspace.path('access.log');
  const service = hostileService([healthOperation, ...options.operations], options.controlUrl);
  writeFileSync(workspace.path('service.json'), JSON.stringify(service));
  const adminPort = await freePort();
  const isV2 = (options.runtimeVersion ?? '2') === '2';
  const program = workspace.start(
    'proxy',
    `--runtime_version=${options.runtimeVersion ?? '2'}`,
    `--service_json_path=${workspace.path('service.json')}`,
    isV2 ? '--listener_port=0' : '--http_port=0',
    '--listener_address=127.0.0.1',
    `--backend=http://127.0.0.1:${backend.port}`,
    `--status_port=${adminPort}`,
    `--access_log=${logFile}`,
    `--access_log_format=${logFormat}`,
    '--state_dir=off',
    ...(isV2 ? ['--disable_tracing'] : []),
    ...(options.flags ?? []),
  );
  const line = await program.waitForLine(/"serving"/);
  const port = Number(/"ports":\[(\d+)/.exec(line)?.[1]);
  return {
    program,
    port,
    backend,
    async connect() {
      backend.forget();
      return await RawPeer.connect(port);
    },
    logged: (clientPort, count) => logged(logFile, clientPort, count),
    async assertHealthy() {
      assert.equal(await statusOf(port, fence), 200, 'a normal request is served');
      const ready = `GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:${adminPort}\r\nConnection: close\r\n\r\n`;
      assert.equal(await statusOf(adminPort, ready), 200, 'the process is ready');
    },
  };
}

async function statusOf(port: number, request: string): Promise<number> {
  const peer = await RawPeer.connect(port);
  peer.send(request);
  const answer = await peer.ended();
  peer.destroy();
  return Number(answer.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
}

const pollMs = 5;
const logWaitMs = 5_000;

async function logged(file: string, clientPort: number, count: number): Promise<readonly LoggedAnswer[]> {
  const prefix = `127.0.0.1:${clientPort}|`;
  const read = async (): Promise<readonly LoggedAnswer[]> =>
    await Promise.resolve(
      readIfThere(file)
        .split('\n')
        .filter((line) => line.startsWith(prefix))
        .map(parseLine),
    );
  return await eventually(read, (lines) => lines.length >= count, logWaitMs, pollMs);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    // Made with its first line.
    return '';
  }
}

function parseLine(line: string): LoggedAnswer {
  const [, status, details = '', flags = '', ...target] = line.split('|');
  return { status: Number(status), details, flags, target: target.join('|') };
}
