import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  describeEnd,
  type H2Frame,
  frameFlag,
  frameType,
  headers,
  RawH2Peer,
  readStatus,
} from '../../helpers/raw-h2.ts';
import { type Gate, type GateOptions, useGate } from './gate.ts';
import type { HostileCase, Outcome } from './hostile-case.ts';
import { assertLogged, assertReached } from './run-http1-case.ts';

/** Frames behind the preface, or a conversation. What comes back on stream 1 is looked at. */
export type SentHttp2 = readonly Uint8Array[] | ((peer: RawH2Peer, gate: Gate) => Promise<void>);
export type Http2Case = HostileCase<SentHttp2>;

const suiteTimeoutMs = 60_000;
/** Beyond all that a case opens. */
const fenceStream = 9_999;
const lookedAt = 1;

/** A suite that sends cases to one proxy process. */
export function testHttp2Cases(name: string, options: GateOptions, cases: readonly Http2Case[]): void {
  describe(name, { timeout: suiteTimeoutMs }, () => {
    const gate = useGate(options);
    for (const one of cases) test(`${one.item}: ${one.name}`, () => runHttp2Case(gate(), one));
  });
}

async function runHttp2Case(gate: Gate, one: Http2Case): Promise<void> {
  const { sent, expect } = one;
  gate.backend.forget();
  const peer = await RawH2Peer.connect(gate.port);
  const clientPort = peer.raw.socket.localPort as number;
  try {
    if (typeof sent === 'function') await sent(peer, gate);
    else peer.send(...sent);
    await assertAnswer(peer, expect);
    const logged = await assertLogged(gate, clientPort, expect);
    await gate.assertHealthy();
    await assertReached(gate, expect);
    one.verify?.(gate, logged);
  } finally {
    peer.destroy();
  }
}

async function assertAnswer(peer: RawH2Peer, expect: Outcome): Promise<void> {
  if (expect.status !== 0) {
    const answer = await peer.until(({ type, stream }) => type === frameType.headers && stream === lookedAt);
    assert.equal(readStatus(answer.payload), expect.status);
  }
  const frames = expect.connection === 'closes' ? await peer.ended() : peer.frames;
  if (expect.frame !== undefined) {
    const isEnd = (one: H2Frame): boolean => describeEnd(one) === expect.frame;
    if (expect.connection === 'closes')
      assert.ok(frames.some(isEnd), frames.map((one) => describeEnd(one) ?? one.type).join());
    else assert.equal((await peer.until(isEnd)).stream, lookedAt);
  }
  if (expect.status === 0)
    assert.ok(!frames.some(({ type, stream }) => type === frameType.headers && stream === lookedAt));
  if (expect.connection === 'stays') await assertServesNext(peer);
}

async function assertServesNext(peer: RawH2Peer): Promise<void> {
  peer.send(
    headers(
      fenceStream,
      [
        [':method', 'GET'],
        [':scheme', 'http'],
        [':authority', 'fence.example'],
        [':path', '/fence'],
      ],
      frameFlag.endHeaders | frameFlag.endStream,
    ),
  );
  const answer = await peer.until(({ type, stream }) => type === frameType.headers && stream === fenceStream);
  assert.equal(readStatus(answer.payload), 200, 'the connection is in step');
}
