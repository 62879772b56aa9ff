import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before } from 'node:test';
import {
  type FakeServiceControl,
  startFakeServiceControl,
} from '../../../src/service-control/testing/fake-service-control.ts';
import { startLocalServer } from '../../../src/service-control/testing/local-server.ts';
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
  /** The address that the client is taken to have. */
  readonly client: string;
  readonly target: string;
}

/** A proxy process in front of a recording backend. One for all tests of a file. */
export interface Gate {
  readonly program: Program;
  readonly port: number;
  readonly backend: RecordingBackend;
  /** Asked only where {@link GateOptions.hasControl}. */
  readonly control: FakeServiceControl;
  /** Forgets what the backend saw, and connects. */
  connect(): Promise<RawPeer>;
  /** The lines of the access log about a connection's requests but {@link healthOperation}, as soon as there are `count`. */
  logged(clientPort: number, count: number): Promise<readonly LoggedAnswer[]>;
  /** What was written into the access log since the last call, as soon as it is as wanted. */
  readLog(isWanted: (text: string) => boolean): Promise<string>;
  /** Fails unless no request is in flight any more: none of the cases has left one behind. */
  assertIdle(): Promise<void>;
  /** Fails unless a normal request is served and the process calls itself ready. What the backend saw is kept. */
  assertHealthy(): Promise<void>;
}

export interface GateOptions {
  readonly runtimeVersion?: '1' | '2';
  /** Besides {@link healthOperation}. */
  readonly operations: readonly HostileOperation[];
  readonly flags?: readonly string[];
  /** Keys are checked, against a Service Control of the test's. */
  readonly hasControl?: true;
  /** Default: one of the gate's own, which ends with it. */
  readonly backend?: RecordingBackend;
}

/** What {@link Gate.assertHealthy} asks for. */
export const healthOperation: HostileOperation = { row: 'GET /fence' };
const fence = 'GET /fence HTTP/1.1\r\nHost: fence.example\r\nConnection: close\r\n\r\n';
const logFormat =
  '%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%\t%RESPONSE_CODE%\t%RESPONSE_CODE_DETAILS%\t%RESPONSE_FLAGS%\t%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%\t%REQ(:PATH)%';

/** Starts one before the tests of the suite that calls it, and ends it after them; fails when a request is left over. */
export function useGate(options: GateOptions): () => Gate {
  const owners: Array<{ close(): unknown }> = [];
  let gate: Gate | undefined = undefined;
  // Before the workspace, whose end is the end of the process.
  after(async () => {
    try {
      await gate?.assertIdle();
    } finally {
      for (const owner of owners) await owner.close();
    }
  });
  const workspace = new Workspace({ after });
  before(async () => {
    gate = await startGate(options, workspace, (one) => void owners.push(one));
  });
  return () => gate as Gate;
}

async function startGate(
  options: GateOptions,
  workspace: Workspace,
  own: (owner: { close(): unknown }) => void,
): Promise<Gate> {
  const backend = options.backend ?? (await startRecordingBackend());
  const control = await startFakeServiceControl();
  const metadata = await startLocalServer(() => ({
    body: JSON.stringify({ access_token: 'token', expires_in: 3599 }),
  }));
  for (const owner of [backend, control, metadata]) own(owner);
  const logFile = workspace.path('access.log');
  const service = hostileService([healthOperation, ...options.operations], options.hasControl);
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
    ...(options.hasControl === true ? controlFlags(options, control.url, metadata.url) : []),
    ...(options.flags ?? []),
  );
  const line = await program.waitForLine(/"serving"/);
  let readChars = 0;
  const port = Number(/"ports":\[(\d+)/.exec(line)?.[1]);
  return {
    program,
    port,
    backend,
    control,
    async connect() {
      backend.forget();
      return await RawPeer.connect(port);
    },
    logged: (clientPort, count) => logged(logFile, clientPort, count),
    async readLog(isWanted) {
      const text = await eventually(
        async () => await Promise.resolve(readIfThere(logFile).slice(readChars)),
        isWanted,
        logWaitMs,
        pollMs,
      );
      readChars += text.length;
      return text;
    },
    async assertIdle() {
      await eventually(
        async () => await (await fetch(`http://127.0.0.1:${adminPort}/metrics`)).text(),
        (text) => text.includes('\ngatehouse_requests_in_flight 0\n'),
      );
    },
    async assertHealthy() {
      assert.equal(await statusOf(port, fence), 200, 'a normal request is served');
      const ready = `GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:${adminPort}\r\nConnection: close\r\n\r\n`;
      assert.equal(await statusOf(adminPort, ready), 200, 'the process is ready');
    },
  };
}

function controlFlags(options: GateOptions, url: string, metadataUrl: string): string[] {
  return options.runtimeVersion === '1'
    ? [`--service_control_url_override=${url}`, `--metadata=${metadataUrl}`]
    : [`--service_control_url=${url}`, `--metadata_url=${metadataUrl}`];
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
  const prefix = `127.0.0.1:${clientPort}\t`;
  const read = async (): Promise<readonly LoggedAnswer[]> =>
    await Promise.resolve(
      readIfThere(file)
        .split('\n')
        // What follows the last line feed is being written.
        .slice(0, -1)
        .filter((line) => line.startsWith(prefix))
        .map(parseLine)
        .filter(({ target }) => target !== '/fence'),
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
  const [, status, details = '', flags = '', client = '', ...target] = line.split('\t');
  return { status: Number(status), details, flags, client, target: target.join('\t') };
}
