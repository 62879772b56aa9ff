import assert from 'node:assert/strict';
import type { ClientHttp2Session } from 'node:http2';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import type { ResponseHead, ServerStream } from '../http/stream.ts';
import { TimerWheel } from '../net/timer-wheel.ts';
import { Http2ServerConnection } from './http2-server-connection.ts';
import { defaultHttp2Limits } from './http2-settings.ts';
import { toHttp2Status } from './outgoing-fields.ts';

const wheel = new TimerWheel(systemClock);
const info = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0, tls: undefined };

interface Answer {
  readonly status: number | undefined;
  readonly length: string | undefined;
  readonly body: string;
  readonly rstCode: number;
}

/** What a client gets when `answer` answers its request. */
async function request(method: string, answer: (stream: ServerStream) => void): Promise<Answer> {
  const connections: Http2ServerConnection[] = [];
  const server = createServer((socket) => {
    const events = { onRequest: answer, onReject: () => undefined, onClose: () => undefined };
    connections.push(new Http2ServerConnection(socket, { info, limits: defaultHttp2Limits, wheel }, events));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  try {
    return await collect(session, method);
  } finally {
    session.destroy();
    server.close();
  }
}

function collect(session: ClientHttp2Session, method: string): Promise<Answer> {
  const stream = session.request({ ':path': '/', ':method': method }, { endStream: true });
  let [status, length, body]: [number | undefined, string | undefined, string] = [undefined, undefined, ''];
  stream.on('response', (headers) => {
    status = headers[':status'];
    length = headers['content-length'];
  });
  stream.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
  stream.on('error', () => undefined);
  return new Promise((resolve) =>
    stream.on('close', () => resolve({ status, length, body, rstCode: stream.rstCode })),
  );
}

const withBody =
  (head: Omit<ResponseHead, 'headers'>) =>
  (stream: ServerStream): void => {
    stream.sendHead({ ...head, headers: [] }, false);
    stream.sendData(Buffer.from('ok'));
    stream.sendEnd();
  };
const headOnly =
  (head: Omit<ResponseHead, 'headers'>) =>
  (stream: ServerStream): void =>
    stream.sendHead({ ...head, headers: [] }, true);

describe('the end of an HTTP/2 response', () => {
  for (const status of [600, 999])
    it(`sends 502 for the status ${status}`, async () => {
      const answer = await request('GET', withBody({ status, bodyLength: 2 }));
      assert.deepEqual(answer, { status: 502, length: '2', body: 'ok', rstCode: 0 });
    });

  it('drops the body and the length of a 205', async () => {
    const answer = await request('GET', withBody({ status: 205, bodyLength: 2 }));
    assert.deepEqual(answer, { status: 205, length: '0', body: '', rstCode: 0 });
  });

  it('drops a body given in answer to HEAD and keeps its length', async () => {
    const answer = await request('HEAD', withBody({ status: 200, bodyLength: 2 }));
    assert.deepEqual(answer, { status: 200, length: '2', body: '', rstCode: 0 });
  });

  it('announces no length that no body fulfils', async () => {
    const answer = await request('GET', headOnly({ status: 200, bodyLength: 2 }));
    assert.deepEqual(answer, { status: 200, length: '0', body: '', rstCode: 0 });
  });

  it('keeps the length that a 304 tells', async () => {
    const answer = await request('GET', headOnly({ status: 304, bodyLength: 2 }));
    assert.deepEqual(answer, { status: 304, length: '2', body: '', rstCode: 0 });
  });
});

describe('toHttp2Status', () => {
  for (const [status, expected] of [
    [101, 200],
    [200, 502],
    [204, 502],
    [403, 403],
  ] as const)
    it(`answers a tunnel with ${expected} for the status ${status}`, () => {
      assert.equal(toHttp2Status(status, true), expected);
    });
});
