// `npm run bench -- [--format=text|json] [--peers=a,b] [--cases=a,b] [--seconds=N] [--rounds=N]`
//
// Runs every proxy it finds over one backend, one after the other in each round, so that a ratio compares two runs that
// stood seconds apart. The proxy has one core to itself; load generator and backend share the other.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from './backend.ts';
import { type BenchCase, cases, defaultCases } from './cases.ts';
import { choose } from './choose.ts';
import { type Measurement, measure, ratioToNginx } from './measure.ts';
import { caddy } from './peers/caddy.ts';
import { envoy } from './peers/envoy.ts';
import { gatehouse } from './peers/gatehouse.ts';
import { haproxy } from './peers/haproxy.ts';
import { nginx } from './peers/nginx.ts';
import { nodeGateways } from './peers/node-gateways.ts';
import type { Peer } from './peers/peer.ts';
import { findProgram } from './processes.ts';
import { startServiceControlStandIn } from './service-control-stand-in.ts';

const allPeers: readonly Peer[] = [nginx, gatehouse, haproxy, caddy, envoy, ...nodeGateways];

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: 'text' },
    peers: { type: 'string', default: allPeers.map((peer) => peer.name).join(',') },
    cases: { type: 'string', default: defaultCases.join(',') },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  if (findProgram('h2load') === undefined) {
    console.error('bench: h2load makes the load and is not on PATH; install it (Debian: nghttp2-client)');
    return 2;
  }
  const chosenPeers = choose(allPeers, values.peers, 'peer');
  const chosenCases = choose(cases, values.cases, 'case');
  const peers = chosenPeers.filter((peer) => {
    const reason = peer.unavailable();
    if (reason !== undefined) console.error(`bench: without ${peer.name}: ${reason}`);
    return reason === undefined;
  });
  const scratch = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  // Also when a signal ends us.
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
  await run(peers, chosenCases, scratch);
  return 0;
}

async function run(
  peers: readonly Peer[],
  chosenCases: readonly BenchCase[],
  scratch: string,
): Promise<void> {
  if (values.format !== 'json')
    console.log(
      `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}; medians of ${values.rounds} rounds of ${values.seconds} s\n`,
    );
  const { certFile, keyFile } = makeCertificate(scratch);
  const backend = await startBackend(scratch);
  const standIn = await startServiceControlStandIn();
  const context = { backendPort: backend.port, certFile, keyFile, serviceControlUrl: standIn.url };
  try {
    for (const benchCase of chosenCases) {
      const serving = peers.filter((peer) => peer.serves(benchCase));
      for (const line of await runCase(benchCase, serving, { ...context, benchCase }, scratch)) print(line);
    }
  } finally {
    await standIn.stop();
    await backend.stop();
  }
}

async function runCase(
  benchCase: BenchCase,
  peers: readonly Peer[],
  context: Parameters<typeof measure>[1],
  scratch: string,
): Promise<Measurement[]> {
  const byPeer = new Map<string, Measurement[]>(peers.map((peer) => [peer.name, []]));
  for (let round = 0; round < Number(values.rounds); round++) {
    let baseline: Measurement | undefined;
    for (const peer of peers) {
      try {
        const measured = await measure(peer, context, scratch, {
          seconds: Number(values.seconds),
        });
        if (peer === nginx) baseline = measured;
        byPeer
          .get(peer.name)
          ?.push({ ...measured, ratioToNginx: ratioToNginx(benchCase, measured, baseline) });
      } catch (error) {
        console.error(
          `bench: ${benchCase.name} with ${peer.name}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
  return [...byPeer.values()].filter((rounds) => rounds.length > 0).map(medians);
}

/** The median of every figure over the rounds. */
function medians(rounds: readonly Measurement[]): Measurement {
  const median = (pick: (m: Measurement) => number): number => {
    const sorted = rounds.map(pick).sort((a, b) => a - b);
    return Number((sorted[Math.floor(sorted.length / 2)] as number).toPrecision(4));
  };
  const first = rounds[0] as Measurement;
  return {
    case: first.case,
    proxy: first.proxy,
    cpuMicrosPerRequest: median((m) => m.cpuMicrosPerRequest),
    requestsPerSecond: median((m) => m.requestsPerSecond),
    p50Ms: median((m) => m.p50Ms),
    p99Ms: median((m) => m.p99Ms),
    p999Ms: median((m) => m.p999Ms),
    residentMiB: median((m) => m.residentMiB),
    ratioToNginx: first.ratioToNginx === null ? null : median((m) => m.ratioToNginx ?? 0),
  };
}

function print(line: Measurement): void {
  if (values.format === 'json') console.log(JSON.stringify(line));
  else {
    const ratio = line.ratioToNginx === null ? '' : `  ${line.ratioToNginx.toFixed(2)} x nginx`;
    console.log(
      `${line.case.padEnd(12)} ${line.proxy.padEnd(22)} ${line.cpuMicrosPerRequest.toFixed(1).padStart(8)} us CPU/req ${line.requestsPerSecond.toFixed(0).padStart(8)} req/s  p50 ${line.p50Ms.toFixed(2)} p99 ${line.p99Ms.toFixed(2)} p99.9 ${line.p999Ms.toFixed(2)} ms  ${line.residentMiB.toFixed(0)} MiB${ratio}`,
    );
  }
}

function makeCertificate(scratch: string): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(scratch, 'cert.pem'), join(scratch, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      keyFile,
      '-out',
      certFile,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
  return { certFile, keyFile };
}
