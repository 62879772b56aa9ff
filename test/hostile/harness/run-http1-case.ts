import assert from 'node:assert/strict';
import { eventually } from '../../helpers/eventually.ts';
import type { RawPeer } from '../../helpers/raw-http.ts';
import type { Gate, LoggedAnswer } from './gate.ts';
import type { Http1Case, Outcome } from './hostile-case.ts';

const nextRequest = 'GET /fence HTTP/1.1\r\nHost: fence.example\r\n\r\n';
/** A health request is no part of what a case sends. */
const fencePrefix = 'GET /fence HTTP/1.1\r\n';
const waitMs = 10_000;
const pollMs = 5;

/** Sends a case and holds everything that can be seen of it against what it expects. */
export async function runHttp1Case(gate: Gate, one: Http1Case): Promise<void> {
  const { sent, expect } = one;
  const peer = await gate.connect();
  const clientPort = peer.socket.localPort as number;
  try {
    if (typeof sent === 'string') peer.send(sent);
    else await sent(peer, gate);
    await assertAnswer(peer, expect);
    const logged = await assertLogged(gate, clientPort, expect);
    await gate.assertHealthy();
    await assertReached(gate, expect);
    one.verify?.(gate, logged);
  } finally {
    peer.destroy();
  }
}

async function assertAnswer(peer: RawPeer, expect: Outcome): Promise<void> {
  if (expect.connection === 'closes') await peer.ended();
  else await peer.until(hasWholeAnswer);
  const answer = withoutContinue(peer.take());
  const status = answer === '' ? 0 : Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
  assert.equal(status, expect.status, answer.slice(0, 500));
  if (expect.answerHas !== undefined) assert.ok(answer.includes(expect.answerHas), answer);
  if (expect.connection === 'closes') {
    if (expect.isTruncated === true) assert.ok(!hasWholeAnswer(answer), 'the answer breaks off');
    else if (status !== 0) assert.match(answer, /\r\nconnection: close\r\n/);
    assert.equal(answer.split('HTTP/1.1 ').length, status === 0 ? 1 : 2, 'there is one answer');
    return;
  }
  peer.send(nextRequest);
  assert.match(await peer.until(hasWholeAnswer), /^HTTP\/1\.1 200 OK\r\n/, 'the connection is in step');
}

/** The head, and as much of a body as it announces. */
function hasWholeAnswer(text: string): boolean {
  const answer = withoutContinue(text);
  const headEnd = answer.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return false;
  if (answer.slice(0, headEnd).includes('\r\ntransfer-encoding: chunked\r\n'))
    return answer.endsWith('\r\n0\r\n\r\n');
  const length = Number(/\r\ncontent-length: (\d+)\r\n/.exec(answer.slice(0, headEnd))?.[1] ?? 0);
  return answer.length >= headEnd + length;
}

function withoutContinue(text: string): string {
  return text.replace(/^(?:HTTP\/1\.1 1\d\d [^]*?\r\n\r\n)+/, '');
}

/** Fails unless the access log says what the case expects of the connection's first request. */
export async function assertLogged(
  gate: Gate,
  clientPort: number,
  expect: Outcome,
): Promise<LoggedAnswer | undefined> {
  if (expect.details === undefined) {
    assert.deepEqual(await gate.logged(clientPort, 0), []);
    return undefined;
  }
  const [line] = await gate.logged(clientPort, expect.isRaced === true ? 0 : 1);
  if (line === undefined) return undefined;
  const { status, details, flags } = line;
  assert.deepEqual(
    [status, details, expect.flags === undefined ? undefined : flags],
    [expect.status, expect.details, expect.flags],
  );
  return line;
}

/** Fails unless the backend got what the case expects and nothing else. */
export async function assertReached(gate: Gate, expect: Outcome): Promise<void> {
  const { backend } = gate;
  if (expect.isRaced === true) return;
  const whole = backend.requests.filter((request) => !request.startsWith(fencePrefix));
  const cutOff = expect.isCutOff === true ? backend.unfinished : [];
  assert.deepEqual([...whole, ...cutOff].map(withoutGatewayFields), expect.reaches ?? []);
  if (expect.isCutOff !== true) return;
  await eventually(
    async () => await Promise.resolve(backend.aborted),
    (aborted) => aborted === 1,
    waitMs,
    pollMs,
  );
}

const gatewayFields =
  /^(?:x-request-id|x-envoy-original-path|x-forwarded-(?:for|proto|host)|x-real-ip|x-google-real-ip): [^\r]*\r\n/gm;

function withoutGatewayFields(request: string): string {
  return request.replaceAll(gatewayFields, '');
}
