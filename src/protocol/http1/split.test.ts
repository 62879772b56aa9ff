import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import type { HeaderList } from '../http/headers.ts';
import type { RequestHead, ServerStream } from '../http/stream.ts';
import { Http1ServerConnection } from './server-connection.ts';
import { createHttp1ServerSettings } from './server-settings.ts';

const info = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0, tls: undefined };
const settings = createHttp1ServerSettings({ obsFold: 'unfold' });

interface Seen {
  readonly head: RequestHead;
  body: string;
  trailers: HeaderList | undefined;
}

/** What a connection makes of the pieces: requests, each answered at once, and problems. */
function parse(pieces: readonly Buffer[]): unknown {
  const seen: Seen[] = [];
  const problems: string[] = [];
  const onRequest = (stream: ServerStream): void => {
    const request: Seen = { head: stream.request, body: '', trailers: undefined };
    seen.push(request);
    stream.handler = {
      onBody: (chunk) => void (request.body += chunk.toString('latin1')),
      onBodyEnd(trailers) {
        request.trailers = trailers;
        stream.sendHead({ status: 204, headers: [], bodyLength: 0 }, true);
      },
      onDrain: () => undefined,
      onAbort: (reason) => void problems.push(reason),
      onComplete: () => undefined,
    };
  };
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const connection = new Http1ServerConnection(
    socket,
    { info, settings },
    { onRequest, onRejection: ({ problem }) => void problems.push(problem), onClose: () => undefined },
  );
  for (const piece of pieces) connection.receive(piece);
  connection.destroy();
  return { seen, problems };
}

const streams: readonly [name: string, text: string, requests: number, problems: readonly string[]][] = [
  [
    'pipelined requests of every framing',
    '\r\nPOST /a?b HTTP/1.1\r\nHost: a.example\r\nContent-Length: 5\r\nX-Custom-Name:  value \t\r\n\r\nhello' +
      'PUT /c HTTP/1.1\r\nhost: b\r\nTransfer-Encoding: chunked\r\nFolded: a\r\n  b\r\n\r\n' +
      '5;a="b;c"\r\nhello\r\n0006\r\n world\r\n0\r\nX-T: 1\r\n\r\n' +
      'GET http://c.example/d HTTP/1.1\r\nHost: d\r\nAuthorization: e\r\n\r\n',
    3,
    [],
  ],
  [
    'a head that is refused',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello',
    0,
    ['space_before_colon'],
  ],
  [
    'a body that is refused',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n',
    1,
    ['protocol_error'],
  ],
];

describe('Http1ServerConnection reads the same however the bytes are cut', () => {
  for (const [name, text, requests, problems] of streams)
    it(name, () => {
      const bytes = Buffer.from(text, 'latin1');
      const whole = parse([bytes]) as { seen: Seen[]; problems: string[] };
      assert.equal(whole.seen.length, requests);
      assert.deepEqual(whole.problems, problems);
      for (let at = 0; at <= bytes.length; at++)
        assert.deepEqual(parse([bytes.subarray(0, at), bytes.subarray(at)]), whole, `cut at ${at}`);
      assert.deepEqual(parse(Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))), whole, 'byte by byte');
    });
});
