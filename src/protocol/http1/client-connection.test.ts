import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Http1TestClient } from '../../../test/helpers/http1-client.ts';
import { startHttp1Client } from '../../../test/helpers/http1-client.ts';
import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import type { Http1ClientOptions } from './client-settings.ts';

async function withClient(
  body: (client: Http1TestClient) => Promise<void>,
  options: Http1ClientOptions = {},
): Promise<void> {
  const client = await startHttp1Client(options);
  try {
    await body(client);
  } finally {
    await client.close();
  }
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('Http1ClientConnection writes', () => {
  const requests: readonly [
    name: string,
    head: Partial<RequestHead>,
    body: readonly string[],
    expected: string,
  ][] = [
    [
      'a request without body',
      { headers: ['a', 'b', 'c', ''] },
      [],
      'GET / HTTP/1.1\r\nhost: a.example\r\na: b\r\nc: \r\n\r\n',
    ],
    [
      'a POST without body',
      { method: 'POST' },
      [],
      'POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'a body of known length',
      { method: 'PUT', bodyLength: 5 },
      ['hel', 'lo'],
      'PUT / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 5\r\n\r\nhello',
    ],
    [
      'a body of unknown length',
      { method: 'POST', bodyLength: unknownLength },
      ['hello', 'w'],
      'POST / HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\nw\r\n0\r\n\r\n',
    ],
    [
      'an upgrade',
      { upgrade: 'websocket' },
      [],
      'GET / HTTP/1.1\r\nhost: a.example\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
    ],
    [
      'no field that would split the request',
      { headers: ['a', 'b\r\nc: d', 'e', 'f\n\nGET /', 'g', 'h'] },
      [],
      'GET / HTTP/1.1\r\nhost: a.example\r\ng: h\r\n\r\n',
    ],
  ];
  for (const [name, head, body, expected] of requests)
    it(name, async () =>
      withClient(async (client) => {
        const { stream } = client.request(head);
        for (const chunk of body) stream.sendData(Buffer.from(chunk));
        if (head.bodyLength !== undefined) stream.sendEnd();
        assert.equal(await client.server.until((text) => text.length >= expected.length), expected);
      }),
    );

  it('request trailers', async () =>
    withClient(async (client) => {
      const { stream } = client.request({ method: 'POST', bodyLength: unknownLength });
      stream.sendEnd(['x-t', '1']);
      assert.match(await client.server.until('0\r\nx-t: 1\r\n\r\n'), /chunked\r\n\r\n0\r\n/);
    }));

  it('a large body without copying it into the head', async () =>
    withClient(async (client) => {
      const chunk = Buffer.alloc(300_000, 'x');
      const { stream } = client.request({ method: 'POST', bodyLength: unknownLength });
      stream.sendData(chunk);
      stream.sendEnd();
      const text = await client.server.until('\r\n0\r\n\r\n');
      assert.ok(text.endsWith(`\r\n\r\n493e0\r\n${chunk.toString('latin1')}\r\n0\r\n\r\n`));
    }));

  for (const [name, head] of [
    ['a target with a blank', { target: '/a b' }],
    ['a target with CRLF', { target: '/ HTTP/1.1\r\nx: y' }],
    ['an empty target', { target: '' }],
    ['an authority with CRLF', { authority: 'a\r\nb: c' }],
    ['a method with a blank', { method: 'GET /' }],
  ] as const)
    it(`not ${name}`, async () =>
      withClient(async (client) => {
        assert.throws(() => client.request(head), TypeError);
        client.request();
        assert.match(await client.server.until('\r\n\r\n'), /^GET \/ HTTP\/1.1\r\nhost: a.example\r\n\r\n$/);
      }));

  it('no second request while one is under way', async () =>
    withClient(async (client) => {
      client.request();
      assert.throws(() => client.request(), TypeError);
    }));
});

describe('Http1ClientConnection reads', () => {
  it('a 204 that gives a length, without what may follow it, and closes', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send('HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello');
      await client.until(() => client.closes === 1);
      assert.deepEqual([seen.head?.status, seen.head?.bodyLength, seen.body], [204, 0, '']);
      assert.equal(seen.error, undefined);
    }));

  const responses: readonly [name: string, bytes: string, body: string, bodyLength: number][] = [
    ['a body of known length', ok, 'ok', 2],
    ['an empty body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', '', 0],
    [
      'a chunked body',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\n\r\n',
      'ok',
      unknownLength,
    ],
    ['a status line without reason and blank', 'HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok', 'ok', 2],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', '', 0],
    ['204 with a length of 0', 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n', '', 0],
    ['304 with the length it speaks of', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n', '', 7],
    ['a status of its own', 'HTTP/1.1 299 \xe9\r\nContent-Length: 2\r\n\r\nok', 'ok', 2],
    [
      'HTTP/1.0 that keeps the connection',
      'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok',
      'ok',
      2,
    ],
  ];
  for (const [name, bytes, body, bodyLength] of responses)
    it(`${name} and becomes idle`, async () =>
      withClient(async (client) => {
        for (const round of [1, 2]) {
          const seen = client.request();
          await client.server.until('\r\n\r\n');
          client.server.take();
          client.server.send(bytes);
          await client.until(() => client.idles === round);
          assert.deepEqual([seen.body, seen.hasEnded, seen.head?.bodyLength], [body, true, bodyLength]);
        }
      }));

  it('a body that the end of the connection ends', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send('HTTP/1.1 200 OK\r\n\r\nhello');
      await client.until(() => seen.body === 'hello');
      client.server.end();
      await client.until(() => seen.hasEnded && client.closes === 1);
      assert.deepEqual([seen.error, client.idles], [undefined, 0]);
    }));

  it('the head that a HEAD request gets', async () =>
    withClient(async (client) => {
      const seen = client.request({ method: 'HEAD' });
      client.server.send('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n');
      await client.until(() => client.idles === 1);
      assert.deepEqual([seen.head?.bodyLength, seen.hasEnded], [7, true]);
    }));

  it('no field that ends at this hop', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send(
        'HTTP/1.1 200 OK\r\nConnection: x-hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: a\r\nUpgrade: h2c\r\nContent-Length: 0\r\nX_A: b\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n',
      );
      await client.until(() => seen.hasEnded);
      assert.deepEqual(seen.head?.headers, ['x_a', 'b', 'set-cookie', 'a', 'set-cookie', 'b']);
    }));

  it('trailers, save those that may not be trailers', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nGrpc-Status: 0\r\nSet-Cookie: a\r\n\r\n',
      );
      await client.until(() => seen.hasEnded);
      assert.deepEqual(seen.trailers, ['grpc-status', '0']);
    }));

  it('interim responses before the final one', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${ok}`);
      await client.until(() => client.idles === 1);
      assert.deepEqual(seen.interim, [[103, ['link', '<a>']]]);
      assert.equal(seen.head?.status, 200);
    }));

  it('a response byte by byte', async () =>
    withClient(async (client) => {
      const seen = client.request();
      const bytes =
        'HTTP/1.1 103 x\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nB: c\r\n\r\n3;e\r\nabc\r\n0\r\nD: e\r\n\r\n';
      for (const char of bytes) client.connection.receive(Buffer.from(char, 'latin1'));
      assert.deepEqual(
        [seen.interim, seen.head?.headers, seen.body, seen.trailers],
        [[[103, ['a', 'b']]], ['b', 'c'], 'abc', ['d', 'e']],
      );
      assert.equal(client.idles, 1);
    }));

  it('a tunnel after 101', async () =>
    withClient(async (client) => {
      const seen = client.request({ upgrade: 'websocket' });
      await client.server.until('\r\n\r\n');
      client.server.send(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nA: b\r\n\r\nhello',
      );
      await client.until(() => seen.body === 'hello');
      assert.deepEqual([seen.head?.status, seen.head?.headers, seen.hasEnded], [101, ['a', 'b'], false]);
      client.server.take();
      seen.stream.sendData(Buffer.from('\x00world'));
      assert.equal(await client.server.until('world'), '\x00world');
      seen.stream.sendEnd();
      await client.server.ended();
      client.server.end();
      await client.until(() => seen.hasEnded && client.closes === 1);
      assert.equal(seen.error, undefined);
    }));
});

describe('Http1ClientConnection as a tunnel', () => {
  it('loses nothing of what is written at the end', async () =>
    withClient(async (client) => {
      const seen = client.request({ upgrade: 'websocket' });
      await client.server.until('\r\n\r\n');
      client.server.take();
      client.server.send('HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n');
      client.server.end();
      await client.until(() => seen.hasEnded);
      const last = Buffer.alloc(16 << 20, 'z');
      seen.stream.sendData(last);
      seen.stream.sendEnd();
      assert.equal((await client.server.ended()).length, last.length);
      await client.until(() => client.closes === 1);
    }));
});

describe('Http1ClientConnection fails with protocol_error on', () => {
  const length5 = 'Content-Length: 5\r\n';
  const head = (...fields: string[]): string => ['HTTP/1.1 200 OK', ...fields, '', ''].join('\r\n');
  const bad: readonly [name: string, bytes: string][] = [
    ['Content-Length and Transfer-Encoding', head('Content-Length: 2', 'Transfer-Encoding: chunked')],
    ['two different Content-Length', head('Content-Length: 2', 'Content-Length: 3')],
    ['two equal Content-Length', head('Content-Length: 2', 'Content-Length: 2')],
    ['a Content-Length that is none', head('Content-Length: 2, 2')],
    ['another Transfer-Encoding', head('Transfer-Encoding: gzip, chunked')],
    ['a Transfer-Encoding from HTTP/1.0', `HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['a folded field', head('A: b', ' c')],
    ['a bare LF', 'HTTP/1.1 200 OK\nA: b\r\n\r\n'],
    ['NUL in a value', head('A: b\0')],
    ['CR in a value', head('A: b\rc')],
    ['a name with a blank', head('A : b')],
    ['a status line of HTTP/2', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status line of another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'.repeat(2)],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['204 with chunks', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['103 with a body', `HTTP/1.1 103 Early Hints\r\n${length5}\r\n`],
    ['a storm of 1xx', 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(33)],
    [
      '101 that was not asked for',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
    ],
    ['a head of 61 KB', head(`A: ${'b'.repeat(61 * 1024)}`)],
    ['101 fields', head(...Array<string>(101).fill('A: b'))],
  ];
  for (const [name, bytes] of bad)
    it(name, async () =>
      withClient(async (client) => {
        const seen = client.request();
        client.server.send(bytes);
        await client.until(() => client.closes === 1 && seen.error !== undefined);
        assert.deepEqual(seen.error, {
          reason: 'protocol_error',
          transport: undefined,
          requestSent: true,
          responseStarted: false,
        });
        assert.equal(seen.head, undefined);
      }),
    );

  for (const [name, chunk] of [
    ['a chunk size that is none', 'x\r\n'],
    ['a chunk that is too long', '2\r\nabc\r\n'],
    ['a folded trailer', '0\r\nA: b\r\n c\r\n\r\n'],
  ] as const)
    it(name, async () =>
      withClient(async (client) => {
        const seen = client.request();
        client.server.send(`${head('Transfer-Encoding: chunked')}${chunk}`);
        await client.until(() => client.closes === 1 && seen.error !== undefined);
        assert.deepEqual(seen.error, {
          reason: 'protocol_error',
          transport: undefined,
          requestSent: true,
          responseStarted: true,
        });
      }),
    );

  for (const protocol of ['h2c', 'websocket, h2c'])
    it(`101 to ${protocol} instead of what was asked for`, async () =>
      withClient(async (client) => {
        const seen = client.request({ upgrade: 'websocket' });
        client.server.send(`HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: ${protocol}\r\n\r\n`);
        await client.until(() => seen.error?.reason === 'protocol_error');
      }));
});

describe('Http1ClientConnection fails with connection_termination on', () => {
  const ends: readonly [name: string, bytes: string, responseStarted: boolean][] = [
    ['an end before the head', '', false],
    ['an end within the head', 'HTTP/1.1 200 OK\r\nConte', false],
    ['an end after an interim response', 'HTTP/1.1 103 x\r\n\r\n', false],
    ['a body shorter than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab', true],
    ['an end within a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', true],
    [
      'an end before the last chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n',
      true,
    ],
  ];
  for (const [name, bytes, responseStarted] of ends)
    for (const how of ['end', 'reset'] as const)
      it(`${name}, by ${how}`, async () =>
        withClient(async (client) => {
          const seen = client.request();
          await client.server.until('\r\n\r\n');
          if (bytes !== '') client.server.send(bytes);
          if (how === 'end') client.server.end();
          else {
            if (responseStarted) await client.until(() => seen.head !== undefined);
            client.server.socket.resetAndDestroy();
          }
          await client.until(() => client.closes === 1 && seen.error !== undefined);
          assert.deepEqual(seen.error, {
            reason: 'connection_termination',
            transport: undefined,
            requestSent: true,
            responseStarted,
          });
          assert.equal(seen.hasEnded, false);
        }));

  it('a request given to a connection that is gone, which it says it has not sent', async () =>
    withClient(async (client) => {
      client.server.end();
      await client.until(() => client.closes === 1);
      assert.ok(client.connection.isClosed);
      const seen = client.request();
      assert.equal(seen.error, undefined);
      await client.until(() => seen.error !== undefined);
      assert.deepEqual(seen.error, {
        reason: 'connection_termination',
        transport: undefined,
        requestSent: false,
        responseStarted: false,
      });
    }));

  it('a request whose body never began, which it says it has not sent', async () =>
    withClient(async (client) => {
      const seen = client.request({ method: 'POST', bodyLength: 5 });
      client.connection.destroy();
      assert.deepEqual(seen.error, {
        reason: 'local_reset',
        transport: undefined,
        requestSent: false,
        responseStarted: false,
      });
      assert.equal(client.server.text, '');
    }));
});

describe('Http1ClientConnection does not go on', () => {
  it('after bytes that nobody asked for', async () =>
    withClient(async (client) => {
      client.server.send(ok);
      await client.until(() => client.closes === 1);
    }));

  it('after bytes behind a response, which it still delivers', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send(`${ok}HTTP/1.1 200 OK\r\n`);
      await client.until(() => seen.hasEnded && client.closes === 1);
      assert.deepEqual([seen.body, seen.error, client.idles], ['ok', undefined, 0]);
    }));

  it('after a 304 with a body', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send('HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\nok');
      await client.until(() => seen.hasEnded && client.closes === 1);
      assert.equal(client.idles, 0);
    }));

  for (const fields of ['Connection: close\r\n', 'Connection: keep-alive, Close\r\n'])
    it(`after ${fields.trim()}`, async () =>
      withClient(async (client) => {
        const seen = client.request();
        client.server.send(`HTTP/1.1 200 OK\r\n${fields}Content-Length: 2\r\n\r\nok`);
        await client.until(() => seen.hasEnded && client.closes === 1);
        assert.equal(client.idles, 0);
      }));

  it('after HTTP/1.0 without keep-alive', async () =>
    withClient(async (client) => {
      client.request();
      client.server.send('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok');
      await client.until(() => client.closes === 1);
      assert.equal(client.idles, 0);
    }));

  it('after a response that came before the request was whole, which it delivers', async () =>
    withClient(async (client) => {
      const seen = client.request({ method: 'POST', bodyLength: 10 });
      seen.stream.sendData(Buffer.from('abc'));
      await client.server.until('abc');
      client.server.send(ok);
      await client.until(() => seen.hasEnded && client.closes === 1);
      assert.deepEqual([seen.body, seen.error, client.idles], ['ok', undefined, 0]);
      assert.equal(seen.stream.sendData(Buffer.from('d')), true);
      seen.stream.sendEnd();
    }));

  it('after abort, which calls nobody back', async () =>
    withClient(async (client) => {
      const seen = client.request();
      client.server.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nok');
      await client.until(() => seen.body === 'ok');
      seen.stream.abort();
      seen.stream.abort();
      await client.server.ended();
      assert.deepEqual([seen.error, seen.hasEnded, client.closes], [undefined, false, 1]);
    }));

  it('after a body that is not what the head announced', async () => {
    for (const [length, body] of [
      [2, 'abc'],
      [5, 'abc'],
    ] as const)
      await withClient(async (client) => {
        const seen = client.request({ method: 'POST', bodyLength: length });
        seen.stream.sendData(Buffer.from(body));
        seen.stream.sendEnd();
        assert.equal(seen.error?.reason, 'local_reset');
        await client.server.ended();
        assert.ok(!client.server.text.includes('abc') || length === 5);
      });
  });
});

describe('Http1ClientConnection holds back', () => {
  it('a paused body, until it is resumed', async () =>
    withClient(async (client) => {
      let chunks = 0;
      const seen = client.request(
        {},
        {
          onBody() {
            chunks++;
            seen.stream.pauseBody();
          },
        },
      );
      client.server.send(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n',
      );
      await client.until(() => chunks === 1);
      assert.equal(seen.body, 'a');
      seen.stream.resumeBody();
      await client.until(() => chunks === 2);
      seen.stream.resumeBody();
      await client.until(() => client.idles === 1);
      assert.equal(seen.body, 'ab');
    }));

  it('the sender of a request that the server does not read', async () =>
    withClient(async (client) => {
      client.server.socket.pause();
      const chunk = Buffer.alloc(1 << 20, 'x');
      const seen = client.request({ method: 'POST', bodyLength: unknownLength });
      let sent = 1;
      while (seen.stream.sendData(chunk)) sent++;
      assert.ok(sent < 64);
      client.server.socket.resume();
      await client.until(() => seen.drains === 1);
      seen.stream.sendEnd();
      await client.server.until('\r\n0\r\n\r\n');
    }));
});
