import { after, describe, test } from 'node:test';
import { frameType, RawH2Peer } from '../helpers/raw-h2.ts';
import { listenRaw } from '../helpers/raw-http.ts';
import { useGate } from './harness/gate.ts';
import { runHttp1Case } from './harness/run-http1-case.ts';
import { type BackendFrames, http2BackendCases } from './http2-backends.cases.ts';

let answer: BackendFrames = () => [];
const backend = await listenRaw((raw) => {
  const peer = RawH2Peer.accept(raw);
  let answered = 0;
  raw.socket.on('data', () => {
    const requests = peer.received().filter(({ type }) => type === frameType.headers);
    for (const { stream } of requests.slice(answered)) peer.send(...answer(stream));
    answered = requests.length;
  });
  raw.socket.on('end', () => raw.end());
});
after(() => backend.close());

const sent = 'GET /h2 HTTP/1.1\r\nHost: a.example\r\n\r\n';

describe('backends that speak HTTP/2', { timeout: 60_000 }, () => {
  const gate = useGate({
    operations: [
      {
        row: 'GET /h2',
        backend: { address: `http://127.0.0.1:${backend.port}`, protocol: 'h2', deadline: 0.5 },
      },
    ],
  });
  for (const one of http2BackendCases)
    test(`${one.item}: ${one.name}`, async () => {
      answer = one.sent;
      await runHttp1Case(gate(), { ...one, sent });
    });
});
