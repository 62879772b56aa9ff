import assert from 'node:assert/strict';
import { once } from 'node:events';
import { duplexPair } from 'node:stream';
import { describe, it } from 'node:test';
import { ManualClock } from '../../core/manual-clock.ts';
import type { Http1TestServer, SeenHooks } from '../../../test/helpers/http1-server.ts';
import { respond, startHttp1Server } from '../../../test/helpers/http1-server.ts';
import type { RawPeer } from '../../../test/helpers/raw-http.ts';
import type { ServerStream } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { Http1ServerConnection } from './server-connection.ts';
import type { Http1ServerOptions } from './server-settings.ts';
import { createHttp1ServerSettings } from './server-settings.ts';

const info = { remoteAddress: '', remotePort: 0, localAddress: '', localPort: 0, tls: undefined };

const get = (...fields: string[]): string =>
  ['GET /shelves?a=b HTTP/1.1', 'Host: a.example', ...fields, '', ''].join('\r\n');
const post = (...fields: string[]): string => get(...fields).replace('GET', 'POST');

interface Fixture {
  readonly server: Http1TestServer;
  readonly peer: RawPeer;
}

/** Runs `body` against a fresh server with one connection. */
async function withServer(
  setUp: { options?: Http1ServerOptions; hooks?: SeenHooks },
  body: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  const server = await startHttp1Server(setUp.options, setUp.hooks);
  try {
    await body({ server, peer: await server.connect() });
  } finally {
    await server.close();
  }
}

const answers = (text: string): number => text.split('HTTP/1.1 ').length - 1;

describe('Http1ServerConnection hands on', () => {
  const heads: readonly [name: string, bytes: string, expected: Record<string, unknown>][] = [
    [
      'a plain request',
      get('Accept: a/b', 'X-Custom:  c \t', 'X-Empty:'),
      {
        method: 'GET',
        scheme: 'http',
        authority: 'a.example',
        target: '/shelves?a=b',
        headers: ['accept', 'a/b', 'x-custom', 'c', 'x-empty', ''],
        version: 'HTTP/1.1',
        bodyLength: 0,
        upgrade: undefined,
      },
    ],
    ['repeated fields, repeated', get('A: 1', 'B: 2', 'A: 3'), { headers: ['a', '1', 'b', '2', 'a', '3'] }],
    ['bytes above 0x7f as latin1', get('A: \xe9\xff'), { headers: ['a', '\xe9\xff'] }],
    ['a port and an IPv6 address', 'GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n', { authority: '[::1]:8080' }],
    [
      'the host of an absolute target instead of Host',
      get().replace('/shelves', 'http://b.example:81/x'),
      {
        authority: 'b.example:81',
        target: '/x?a=b',
      },
    ],
    ['an absolute target without path', get().replace('/shelves', 'HTTP://b.example'), { target: '/?a=b' }],
    ['OPTIONS *', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', { method: 'OPTIONS', target: '*' }],
    [
      'OPTIONS of an absolute target without path',
      'OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n',
      { target: '*' },
    ],
    [
      'characters that only URLs forbid',
      get().replace('?a=b', '?a="<>\\^`{|}#'),
      {
        target: '/shelves?a="<>\\^`{|}#',
      },
    ],
    ['a request after one blank line', `\r\n${get()}`, { method: 'GET' }],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', { method: 'TRACE' }],
    [
      'no field that ends at this hop',
      get(
        'Connection: close, X-Endpoint-API-UserInfo',
        'X-Endpoint-API-UserInfo: x',
        'Keep-Alive: 5',
        'Proxy-Connection: x',
        'Upgrade: x',
        'TE: gzip',
        'A: b',
      ),
      { headers: ['a', 'b'] },
    ],
    [
      'no nominated Authorization',
      get('Connection: close, Authorization', 'Authorization: x'),
      { headers: [] },
    ],
    ['TE as trailers alone', get('TE: gzip;q=1, Trailers'), { headers: ['te', 'trailers'] }],
    [
      'an upgrade to h2c as an ordinary request',
      get('Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'),
      {
        upgrade: undefined,
        headers: [],
      },
    ],
    [
      'Upgrade that Connection does not name as an ordinary request',
      get('Upgrade: websocket'),
      { upgrade: undefined },
    ],
    [
      '100 fields',
      get(...Array<string>(99).fill('A: b')),
      { headers: Array.from({ length: 198 }, (_, i) => 'ab'[i % 2]) },
    ],
  ];
  for (const [name, bytes, expected] of heads)
    it(name, async () =>
      withServer({}, async ({ server, peer }) => {
        peer.send(bytes);
        await peer.until('ok');
        const head: object | undefined = server.seen[0]?.head;
        assert.deepEqual({ ...head, ...expected }, head);
        assert.equal(server.seen.length, 1);
      }),
    );

  const rules: readonly [
    name: string,
    options: Http1ServerOptions,
    bytes: string,
    expected: Record<string, unknown>,
  ][] = [
    ['names with underscore if allowed', { underscores: 'allow' }, get('A_B: c'), { headers: ['a_b', 'c'] }],
    [
      'everything but names with underscore if dropped',
      { underscores: 'drop' },
      get('A_B: c', 'D: e'),
      { headers: ['d', 'e'] },
    ],
    [
      'folded lines with one blank if unfolded',
      { obsFold: 'unfold' },
      get('A: b \r\n \t c\r\n\td', 'E:\r\n f'),
      { headers: ['a', 'b c d', 'e', 'f'] },
    ],
    ['any token as method if so told', { methods: 'token' }, get().replace('GET', 'x-Y'), { method: 'x-Y' }],
    [
      'an unknown upgrade as ordinary request if ignored',
      { otherUpgrades: 'ignore' },
      get('Connection: upgrade', 'Upgrade: foo'),
      { upgrade: undefined },
    ],
    [
      'an unknown upgrade if accepted',
      { otherUpgrades: 'accept' },
      get('Connection: upgrade', 'Upgrade: foo'),
      { upgrade: 'foo' },
    ],
    [
      'CONNECT if accepted',
      { connect: 'accept' },
      'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
      { method: 'CONNECT', target: 'a:1' },
    ],
    [
      'no authority if Host may be missing',
      { missingHost: 'accept' },
      'GET / HTTP/1.1\r\n\r\n',
      { authority: '' },
    ],
  ];
  for (const [name, options, bytes, expected] of rules)
    it(name, async () => {
      const hooks: SeenHooks = { onRequest: ({ stream }) => respond(stream, 'ok') };
      await withServer({ options, hooks }, async ({ server, peer }) => {
        peer.send(bytes);
        await peer.until('ok');
        const head: object | undefined = server.seen[0]?.head;
        assert.deepEqual({ ...head, ...expected }, head);
      });
    });
});

describe('Http1ServerConnection', () => {
  it('keeps the connection for the next request', async () =>
    withServer({}, async ({ server, peer }) => {
      for (const method of ['GET', 'POST', 'GET']) {
        peer.send(get().replace('GET', method));
        const answer = await peer.until('ok');
        assert.match(answer, /^HTTP\/1.1 200 OK\r\ndate: [^\r]+ GMT\r\ncontent-length: 2\r\n\r\nok$/);
        peer.take();
      }
      assert.equal(server.connections.length, 1);
      assert.ok(server.seen.every((seen) => seen.completed && seen.hasEnded));
    }));

  it('answers pipelined requests in their order, one at a time', async () => {
    let open = 0;
    const hooks: SeenHooks = {
      onEnd({ stream }) {
        assert.equal(++open, 1);
        setImmediate(() => {
          open--;
          respond(stream, `<${stream.request.target}>`);
        });
      },
    };
    await withServer({ hooks }, async ({ peer }) => {
      peer.send(
        [1, 2, 3, 4].map((n) => `POST /${n} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy`).join(''),
      );
      const text = await peer.until('</4>');
      assert.deepEqual(text.match(/<[^>]+>/g), ['</1>', '</2>', '</3>', '</4>']);
    });
  });

  it('takes a body of known length, whatever it looks like', async () =>
    withServer({}, async ({ server, peer }) => {
      const body = get();
      peer.send(`${post(`Content-Length: ${body.length}`)}${body}`);
      await peer.until('ok');
      assert.equal(server.seen.length, 1);
      assert.equal(server.seen[0]?.body, body);
      assert.equal(server.seen[0].head.bodyLength, body.length);
    }));

  it('takes a chunked body with extensions and trailers', async () =>
    withServer({}, async ({ server, peer }) => {
      peer.send(
        `${post('Transfer-Encoding: Chunked')}5;a;b=c;d="e;\\"f"\r\nhello\r\n06\r\n world\r\n0;x\r\nX-T: 1\r\n\r\n`,
      );
      await peer.until('ok');
      const [seen] = server.seen;
      assert.equal(seen?.body, 'hello world');
      assert.deepEqual(seen.trailers, ['x-t', '1']);
      assert.equal(seen.head.bodyLength, unknownLength);
    }));

  it('drops trailers that may not be trailers', async () => {
    const options: Http1ServerOptions = { acceptTrailer: (name) => name !== 'x-endpoint-api-userinfo' };
    await withServer({ options }, async ({ server, peer }) => {
      const trailers = [
        'Authorization: x',
        'Content-Length: 3',
        'Content-Type: x',
        'Host: b',
        'Transfer-Encoding: chunked',
        'X-Endpoint-API-UserInfo: x',
        'X-Forwarded-For: x',
        'X_Y: z',
        'Nominated: x',
        'Grpc-Status: 0',
      ];
      peer.send(
        `${post('Transfer-Encoding: chunked', 'Connection: nominated')}0\r\n${trailers.join('\r\n')}\r\n\r\n`,
      );
      await peer.until('ok');
      assert.deepEqual(server.seen[0]?.trailers, ['grpc-status', '0']);
    });
  });

  it('says 100 Continue before the request is handed on', async () =>
    withServer({}, async ({ server, peer }) => {
      peer.send(post('Content-Length: 2', 'Expect: 100-Continue'));
      assert.equal(await peer.until('\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
      assert.deepEqual(server.seen[0]?.head.headers, []);
      peer.send('hi');
      assert.match(await peer.until('ok'), /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n/);
      assert.equal(server.seen[0].body, 'hi');
    }));

  it('says 100 Continue when told if that is deferred', async () => {
    const hooks: SeenHooks = {
      onRequest: ({ stream }) => stream.sendInformational(100, []),
      onEnd: ({ stream }) => respond(stream, 'ok'),
    };
    await withServer({ options: { expectContinue: 'deferred' }, hooks }, async ({ peer }) => {
      peer.send(post('Content-Length: 2', 'Expect: 100-continue'));
      await peer.until('HTTP/1.1 100 Continue\r\n\r\n');
      peer.send('hi');
      await peer.until('ok');
    });
  });

  it('closes after refusing a body that was never asked for', async () => {
    const hooks: SeenHooks = { onRequest: ({ stream }) => respond(stream, 'no', 403) };
    await withServer({ options: { expectContinue: 'deferred' }, hooks }, async ({ peer }) => {
      peer.send(post('Content-Length: 2', 'Expect: 100-continue'));
      const answer = await peer.ended();
      assert.match(answer, /^HTTP\/1.1 403 Forbidden\r\n/);
      assert.match(answer, /\r\nconnection: close\r\n/);
    });
  });

  it('reads the rest of a body away that was answered early, and serves the next request', async () => {
    const hooks: SeenHooks = { onRequest: ({ stream }) => respond(stream, `<${stream.request.method}>`) };
    await withServer({ hooks }, async ({ server, peer }) => {
      const smuggled = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n';
      peer.send(post(`Content-Length: ${smuggled.length}`));
      await peer.until('<POST>');
      peer.send(`${smuggled}${get()}`);
      const text = await peer.until('<GET>');
      assert.equal(answers(text), 2);
      assert.deepEqual(
        server.seen.map((seen) => seen.head.target),
        ['/shelves?a=b', '/shelves?a=b'],
      );
      assert.equal(server.seen[0]?.body, '');
    });
  });

  it('closes after answering a body early that is known to be too long to read away', async () => {
    const hooks: SeenHooks = { onRequest: ({ stream }) => respond(stream, 'early') };
    await withServer({ options: { limits: { maxDiscardBytes: 10 } }, hooks }, async ({ server, peer }) => {
      peer.send(`${post('Content-Length: 100')}${get()}`);
      const text = await peer.ended();
      assert.match(text, /connection: close\r\n/);
      assert.equal(answers(text), 1);
      assert.equal(server.seen.length, 1);
    });
  });

  it('closes when a chunked body answered early turns out too long to read away', async () => {
    const hooks: SeenHooks = { onRequest: ({ stream }) => respond(stream, 'early') };
    await withServer({ options: { limits: { maxDiscardBytes: 10 } }, hooks }, async ({ server, peer }) => {
      peer.send(post('Transfer-Encoding: chunked'));
      await peer.until('early');
      peer.send(`14\r\n${'x'.repeat(20)}\r\n0\r\n\r\n${get()}`);
      await peer.ended();
      assert.equal(server.seen.length, 1);
    });
  });

  it('aborts a body that outgrows the limit and answers 413', async () =>
    withServer({ options: { limits: { maxBodyBytes: 10 } } }, async ({ server, peer }) => {
      peer.send(`${post('Transfer-Encoding: chunked')}b\r\nhello world\r\n0\r\n\r\n`);
      assert.match(await peer.ended(), /^HTTP\/1.1 413 /);
      assert.equal(server.seen[0]?.aborted, 'body_too_large');
    }));

  it('closes at the client’s wish', async () =>
    withServer({}, async ({ peer }) => {
      peer.send(get('Connection: close'));
      assert.match(await peer.ended(), /\r\nconnection: close\r\n\r\nok$/);
    }));

  it('closes at the gateway’s wish', async () => {
    const hooks: SeenHooks = {
      onRequest({ stream }) {
        stream.closeAfterResponse();
        respond(stream, 'ok');
      },
    };
    await withServer({ hooks }, async ({ peer }) => {
      peer.send(`${get()}${get()}`);
      const text = await peer.ended();
      assert.match(text, /\r\nconnection: close\r\n\r\nok$/);
      assert.equal(answers(text), 1);
    });
  });

  it('aborts a request whose client goes away', async () =>
    withServer({ hooks: { onRequest: () => undefined } }, async ({ server, peer }) => {
      peer.send(get());
      await server.until(() => server.seen.length === 1);
      peer.destroy();
      await server.until(() => server.seen[0]?.aborted === 'remote_disconnect');
    }));

  it('takes the client’s end for its leave', async () =>
    withServer({ hooks: { onRequest: () => undefined } }, async ({ server, peer }) => {
      peer.send(get());
      peer.end();
      await server.until(() => server.seen[0]?.aborted === 'remote_disconnect');
      await server.until(() => server.closed === 1);
    }));

  it('serves a client that ended its half, if so told', async () => {
    const hooks: SeenHooks = {
      onEnd: ({ stream }) => setImmediate(() => setImmediate(() => respond(stream, 'ok'))),
    };
    await withServer({ options: { halfClose: 'serve' }, hooks }, async ({ peer }) => {
      peer.send(get());
      peer.end();
      assert.match(await peer.ended(), /ok$/);
    });
  });

  it('delivers a response that was complete before the client’s end came, though in the same turn', async () => {
    const [near, far] = duplexPair();
    let received = '';
    far.on('data', (chunk: Buffer) => void (received += chunk.toString('latin1')));
    const settings = createHttp1ServerSettings({});
    const onRequest = (stream: ServerStream): void => respond(stream, 'ok');
    const events = { onRequest, onRejection: () => undefined, onClose: () => undefined };
    void new Http1ServerConnection(near, { info, settings }, events);
    far.end(get());
    await once(near, 'close');
    assert.match(received, /ok$/);
  });

  for (const [name, answer] of [
    ['longer', (stream: ServerStream): void => void stream.sendData(Buffer.from('too long'))],
    ['shorter', (stream: ServerStream): void => stream.sendEnd()],
  ] as const)
    it(`aborts a request whose response body is ${name} than was said`, async () => {
      const hooks: SeenHooks = {
        onRequest({ stream }) {
          stream.sendHead({ status: 200, headers: [], bodyLength: 2 }, false);
          answer(stream);
        },
      };
      await withServer({ hooks }, async ({ server, peer }) => {
        peer.send(get());
        await peer.ended();
        assert.equal(server.seen[0]?.aborted, 'local_close');
      });
    });

  it('closes the connection on abort', async () => {
    const hooks: SeenHooks = {
      onRequest({ stream }) {
        stream.sendHead({ status: 200, headers: [], bodyLength: 10 }, false);
        stream.sendData(Buffer.from('abc'));
        setImmediate(() => stream.abort());
      },
    };
    await withServer({ hooks }, async ({ server, peer }) => {
      peer.send(get());
      assert.match(await peer.ended(), /\r\n\r\nabc$/);
      await server.until(() => server.closed === 1);
      assert.deepEqual([server.seen[0]?.aborted, server.seen[0]?.completed], [undefined, false]);
    });
  });

  it('never writes more or less than the head announced', async () => {
    for (const body of ['abcd', 'ab']) {
      const hooks: SeenHooks = {
        onRequest({ stream }) {
          stream.sendHead({ status: 200, headers: [], bodyLength: 3 }, false);
          stream.sendData(Buffer.from(body));
          stream.sendEnd();
        },
      };
      await withServer({ hooks }, async ({ server, peer }) => {
        peer.send(`${get()}${get()}`);
        const text = await peer.ended();
        assert.ok(answers(text) <= 1, text);
        assert.ok(!text.includes('abcd'));
        assert.equal(server.seen.length, 1);
      });
    }
  });
});

describe('Http1ServerConnection frames', () => {
  const date = /date: [^\r]+\r\n/;
  type Send = (stream: Parameters<NonNullable<SeenHooks['onRequest']>>[0]['stream']) => void;
  const head =
    (status: number, bodyLength: number, end: boolean): Send =>
    (stream) => {
      stream.sendHead({ status, headers: ['x-a', 'b'], bodyLength }, end);
    };
  const cases: readonly [name: string, method: string, send: Send, expected: string][] = [
    ['a response without body', 'GET', head(200, 0, true), '200 OK\r\nx-a: b\r\ncontent-length: 0\r\n\r\n'],
    ['204 without length', 'GET', head(204, 0, true), '204 No Content\r\nx-a: b\r\n\r\n'],
    [
      '304 with the length it speaks of',
      'GET',
      head(304, 5, true),
      '304 Not Modified\r\nx-a: b\r\ncontent-length: 5\r\n\r\n',
    ],
    ['304 without length', 'GET', head(304, unknownLength, true), '304 Not Modified\r\nx-a: b\r\n\r\n'],
    [
      'HEAD with the length it speaks of',
      'HEAD',
      head(200, 5, true),
      '200 OK\r\nx-a: b\r\ncontent-length: 5\r\n\r\n',
    ],
    ['an unregistered status', 'GET', head(299, 0, true), '299 \r\nx-a: b\r\ncontent-length: 0\r\n\r\n'],
    [
      'HEAD without the body it is given',
      'HEAD',
      (stream) => {
        head(200, 2, false)(stream);
        stream.sendData(Buffer.from('ok'));
        stream.sendEnd();
      },
      '200 OK\r\nx-a: b\r\ncontent-length: 2\r\n\r\n',
    ],
    [
      'a body of unknown length in chunks, trailers after it',
      'GET',
      (stream) => {
        head(200, unknownLength, false)(stream);
        stream.sendData(Buffer.from('hello'));
        stream.sendData(Buffer.alloc(0));
        stream.sendData(Buffer.from('x'.repeat(17)));
        stream.sendEnd(['x-t', '1']);
      },
      `200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n11\r\n${'x'.repeat(17)}\r\n0\r\nx-t: 1\r\n\r\n`,
    ],
    [
      'an empty body of unknown length',
      'GET',
      (stream) => {
        head(200, unknownLength, false)(stream);
        stream.sendEnd();
      },
      '200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    [
      'interim responses before the final one',
      'GET',
      (stream) => {
        stream.sendInformational(103, ['link', '<a>']);
        stream.sendInformational(100, []);
        head(200, 0, true)(stream);
        stream.sendInformational(103, []);
      },
      '103 Early Hints\r\nlink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'no field that would split the response',
      'GET',
      (stream) =>
        stream.sendHead(
          {
            status: 200,
            headers: [
              'a',
              'b\r\nc: d',
              'e\r\nf',
              'g',
              'h',
              'i\n',
              'j',
              '\u010a',
              'k',
              'l\0',
              '',
              'm',
              'x-a',
              'b',
            ],
            bodyLength: 0,
          },
          true,
        ),
      '200 OK\r\nx-a: b\r\ncontent-length: 0\r\n\r\n',
    ],
    [
      'no framing but its own',
      'GET',
      (stream) => {
        const headers = ['content-length', '9', 'transfer-encoding', 'x', 'connection', 'y', 'x-a', 'b'];
        stream.sendHead({ status: 200, headers, bodyLength: unknownLength }, false);
        stream.sendEnd(['content-length', '9', 'x-t', '1']);
      },
      '200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx-t: 1\r\n\r\n',
    ],
    [
      'many small pieces in one turn',
      'GET',
      (stream) => {
        stream.sendHead({ status: 200, headers: ['x-a', 'b'], bodyLength: unknownLength }, false);
        for (let i = 0; i < 20_000; i++) stream.sendData(Buffer.from('x'));
        stream.sendEnd();
      },
      `200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(20_000)}0\r\n\r\n`,
    ],
    [
      'no trailer that would split the response',
      'GET',
      (stream) => {
        head(200, unknownLength, false)(stream);
        stream.sendEnd(['a', 'b\r\n\r\nHTTP/1.1 200 OK', 'c', 'd']);
      },
      '200 OK\r\nx-a: b\r\ntransfer-encoding: chunked\r\n\r\n0\r\nc: d\r\n\r\n',
    ],
  ];
  for (const [name, method, send, expected] of cases)
    it(name, async () => {
      const hooks: SeenHooks = {
        onRequest({ stream }) {
          if (stream.request.target === '/') respond(stream, '<end>');
          else send(stream);
        },
      };
      await withServer({ hooks }, async ({ server, peer }) => {
        peer.send(`${get().replace('GET', method)}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
        const text = await peer.until('<end>');
        const own = text.slice(0, text.lastIndexOf('HTTP/1.1 200 OK'));
        assert.equal(own.replace(date, ''), `HTTP/1.1 ${expected}`);
        assert.match(own, date);
        assert.ok(server.seen[0]?.completed);
      });
    });

  it('the date it is given instead of its own', async () => {
    const hooks: SeenHooks = {
      onRequest: ({ stream }) =>
        stream.sendHead({ status: 200, headers: ['date', 'x'], bodyLength: 0 }, true),
    };
    await withServer({ hooks }, async ({ peer }) => {
      peer.send(get());
      assert.equal(await peer.until('\r\n\r\n'), 'HTTP/1.1 200 OK\r\ndate: x\r\ncontent-length: 0\r\n\r\n');
    });
  });
});

describe('Http1ServerConnection with HTTP/1.0', () => {
  const options: Http1ServerOptions = { http10: 'accept' };

  it('closes after the response', async () =>
    withServer({ options }, async ({ server, peer }) => {
      peer.send('GET / HTTP/1.0\r\n\r\n');
      assert.match(
        await peer.ended(),
        /^HTTP\/1.1 200 OK\r\n.*content-length: 2\r\nconnection: close\r\n\r\nok$/s,
      );
      assert.equal(server.seen[0]?.head.version, 'HTTP/1.0');
      assert.equal(server.seen[0].head.authority, '');
    }));

  it('keeps the connection for a client that asks', async () =>
    withServer({ options }, async ({ peer }) => {
      peer.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
      assert.match(await peer.until('ok'), /\r\nconnection: keep-alive\r\n/);
      peer.take();
      peer.send('GET / HTTP/1.0\r\n\r\n');
      await peer.ended();
    }));

  it('ends a body of unknown length with the connection, without trailers or interim responses', async () => {
    const hooks: SeenHooks = {
      onRequest({ stream }) {
        stream.sendInformational(103, []);
        stream.sendHead({ status: 200, headers: [], bodyLength: unknownLength }, false);
        stream.sendData(Buffer.from('hello'));
        stream.sendEnd(['x-t', '1']);
      },
    };
    await withServer({ options, hooks }, async ({ peer }) => {
      peer.send(
        'GET / HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nUpgrade: websocket\r\n\r\n',
      );
      const text = await peer.ended();
      assert.match(text, /^HTTP\/1.1 200 OK\r\ndate: [^\r]+\r\nconnection: close\r\n\r\nhello$/);
    });
  });
});

describe('Http1ServerConnection as a tunnel', () => {
  const upgrade = get('Connection: Upgrade', 'Upgrade: WebSocket', 'Sec-WebSocket-Key: x');
  const accept: SeenHooks = {
    onRequest: ({ stream }) =>
      stream.sendHead({ status: 101, headers: ['sec-websocket-accept', 'y'], bodyLength: 0 }, false),
    onBody: ({ stream }, chunk) => void stream.sendData(chunk),
    onEnd: ({ stream }) => stream.sendEnd(),
  };

  it('carries bytes both ways after 101', async () =>
    withServer({ hooks: accept }, async ({ server, peer }) => {
      peer.send(upgrade);
      const head = await peer.until('\r\n\r\n');
      assert.equal(
        head,
        'HTTP/1.1 101 Switching Protocols\r\nsec-websocket-accept: y\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      );
      assert.equal(server.seen[0]?.head.upgrade, 'websocket');
      peer.take();
      peer.send('\x00\x01GET / HTTP/1.1\r\n\r\n');
      assert.equal(await peer.until('\r\n\r\n'), '\x00\x01GET / HTTP/1.1\r\n\r\n');
      assert.equal(server.seen.length, 1);
    }));

  it('carries what came before it was accepted', async () =>
    withServer({ hooks: accept }, async ({ peer }) => {
      peer.send(`${upgrade}early`);
      await peer.until('\r\n\r\nearly');
    }));

  it('ends each direction on its own', async () =>
    withServer({ hooks: accept }, async ({ server, peer }) => {
      peer.send(upgrade);
      await peer.until('\r\n\r\n');
      peer.send('last');
      peer.end();
      assert.match(await peer.ended(), /last$/);
      await server.until(() => server.seen[0]?.completed === true && server.closed === 1);
    }));

  it('loses nothing of what is written at the end', async () => {
    const last = Buffer.alloc(16 << 20, 'z');
    const hooks: SeenHooks = {
      ...accept,
      onEnd({ stream }) {
        stream.sendData(last);
        stream.sendEnd();
      },
    };
    await withServer({ hooks }, async ({ server, peer }) => {
      peer.send(upgrade);
      peer.end();
      const text = await peer.ended();
      assert.equal(text.length - text.indexOf('\r\n\r\n') - 4, last.length);
      await server.until(() => server.seen[0]?.completed === true && server.closed === 1);
    });
  });

  it('closes after a refused upgrade, so that nothing meant for the tunnel is read as a request', async () => {
    const hooks: SeenHooks = { onRequest: ({ stream }) => respond(stream, 'no', 403) };
    await withServer({ hooks }, async ({ server, peer }) => {
      peer.send(`${upgrade}${get()}`);
      assert.match(await peer.ended(), /\r\nconnection: close\r\n\r\nno$/);
      assert.equal(server.seen.length, 1);
    });
  });
});

describe('Http1ServerConnection holds back', () => {
  it('a paused body, until it is resumed', async () => {
    const hooks: SeenHooks = {
      onBody: ({ stream }) => stream.pauseBody(),
      onEnd: ({ stream }) => respond(stream, 'ok'),
    };
    await withServer({ hooks }, async ({ server, peer }) => {
      peer.send(`${post('Transfer-Encoding: chunked')}1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n`);
      for (const chunks of [1, 2, 3]) {
        await server.until(() => server.seen[0]?.chunks === chunks);
        assert.equal(server.seen[0]?.chunks, chunks);
        server.seen[0].stream.resumeBody();
      }
      await peer.until('ok');
      assert.equal(server.seen[0]?.body, 'abc');
    });
  });

  it('the sender of a response that the client does not read', async () => {
    const total = 64;
    const chunk = Buffer.alloc(1 << 20, 'x');
    let sent = 0;
    let refusals = 0;
    const pump = (stream: Parameters<typeof respond>[0]): void => {
      while (sent < total) {
        sent++;
        if (!stream.sendData(chunk)) {
          refusals++;
          break;
        }
      }
      if (sent === total) stream.sendEnd();
    };
    const hooks: SeenHooks = {
      onRequest({ stream }) {
        stream.sendHead({ status: 200, headers: [], bodyLength: total * chunk.length }, false);
        pump(stream);
      },
      onDrain: ({ stream }) => pump(stream),
    };
    await withServer({ hooks }, async ({ server, peer }) => {
      peer.socket.pause();
      peer.send(get());
      await server.until(() => refusals > 0);
      assert.ok(sent < total);
      peer.socket.resume();
      await peer.until((text) => text.length > total * chunk.length);
      await server.until(() => server.seen[0]?.completed === true);
      assert.ok(refusals > 1);
    });
  });
});

describe('Http1ServerConnection ends', () => {
  const timed = (clock: ManualClock): Http1ServerOptions => ({
    clock,
    timeouts: { headMs: 1000, bodyIdleMs: 2000, keepAliveMs: 3000, writeStallMs: 4000, lingerMs: 500 },
  });

  it('a connection that says nothing', async () => {
    const clock = new ManualClock();
    await withServer({ options: timed(clock) }, async ({ server, peer }) => {
      await server.until(() => server.connections.length === 1);
      clock.advance(1100);
      assert.equal(await peer.ended(), '');
      assert.deepEqual(server.rejections, []);
    });
  });

  it('a head that does not come to its end, with 408', async () => {
    const clock = new ManualClock();
    await withServer({ options: timed(clock) }, async ({ server, peer }) => {
      peer.send(get());
      await peer.until('ok');
      peer.send('GET / HT');
      await server.until(() => true);
      const received = peer.take();
      assert.ok(received.endsWith('ok'));
      for (let i = 0; i < 30 && server.rejections.length === 0; i++) {
        await new Promise(setImmediate);
        clock.advance(100);
      }
      assert.match(await peer.ended(), /^HTTP\/1.1 408 Request Timeout\r\n/);
      assert.equal(server.rejections[0]?.details, 'request_header_timeout');
    });
  });

  it('a body that does not come to its end, with 408', async () => {
    const clock = new ManualClock();
    await withServer({ options: timed(clock) }, async ({ server, peer }) => {
      peer.send(`${post('Content-Length: 10')}abc`);
      await server.until(() => server.seen[0]?.body === 'abc');
      clock.advance(1900);
      assert.equal(server.seen[0]?.aborted, undefined);
      clock.advance(200);
      assert.match(await peer.ended(), /^HTTP\/1.1 408 /);
      assert.equal(server.seen[0]?.aborted, 'body_timeout');
    });
  });

  it('no request whose body the gateway itself holds back', async () => {
    const clock = new ManualClock();
    const hooks: SeenHooks = {
      onRequest: ({ stream }) => stream.pauseBody(),
      onEnd: ({ stream }) => respond(stream, 'ok'),
    };
    await withServer({ options: timed(clock), hooks }, async ({ server, peer }) => {
      peer.send(post('Content-Length: 3'));
      await server.until(() => server.seen.length === 1);
      clock.advance(100_000);
      peer.send('abc');
      server.seen[0]?.stream.resumeBody();
      await peer.until('ok');
    });
  });

  it('no request that waits for its response', async () => {
    const clock = new ManualClock();
    await withServer(
      { options: timed(clock), hooks: { onRequest: () => undefined } },
      async ({ server, peer }) => {
        peer.send(get());
        await server.until(() => server.seen.length === 1);
        clock.advance(100_000);
        assert.equal(server.seen[0]?.aborted, undefined);
        if (server.seen[0] !== undefined) respond(server.seen[0].stream, 'ok');
        await peer.until('ok');
      },
    );
  });

  it('an idle connection', async () => {
    const clock = new ManualClock();
    await withServer({ options: timed(clock) }, async ({ server, peer }) => {
      peer.send(get());
      await peer.until('ok');
      clock.advance(2900);
      assert.equal(server.closed, 0);
      clock.advance(200);
      await peer.ended();
    });
  });

  it('a client that does not take its response', async () => {
    const clock = new ManualClock();
    const chunk = Buffer.alloc(32 << 20, 'x');
    const hooks: SeenHooks = {
      onRequest({ stream }) {
        stream.sendHead({ status: 200, headers: [], bodyLength: chunk.length }, false);
        stream.sendData(chunk);
        stream.sendEnd();
      },
    };
    await withServer({ options: timed(clock), hooks }, async ({ server, peer }) => {
      peer.socket.pause();
      peer.send(get());
      await server.until(() => server.seen.length === 1);
      clock.advance(4100);
      await server.until(() => server.closed === 1);
      assert.equal(server.seen[0]?.aborted, 'local_close');
    });
  });

  it('a client that does not close after the last response', async () => {
    const clock = new ManualClock();
    await withServer({ options: timed(clock) }, async ({ server, peer }) => {
      peer.send(get('Connection: close'));
      await peer.ended();
      assert.equal(server.closed, 0);
      clock.advance(600);
      await server.until(() => server.closed === 1);
    });
  });

  it('an idle connection at once on drain, a busy one after its response', async () => {
    const hooks: SeenHooks = { onRequest: () => undefined };
    await withServer({ hooks }, async ({ server, peer }) => {
      const idle = await server.connect();
      peer.send(get());
      await server.until(() => server.seen.length === 1 && server.connections.length === 2);
      for (const connection of server.connections) connection.drain();
      assert.equal(await idle.ended(), '');
      if (server.seen[0] !== undefined) respond(server.seen[0].stream, 'ok');
      assert.match(await peer.ended(), /\r\nconnection: close\r\n\r\nok$/);
      peer.end();
      idle.end();
      await server.until(() => server.closed === 2);
    });
  });

  it('a connection on drain whose response is under way', async () => {
    const hooks: SeenHooks = {
      onRequest: ({ stream }) => stream.sendHead({ status: 200, headers: [], bodyLength: 2 }, false),
    };
    await withServer({ hooks }, async ({ server, peer }) => {
      peer.send(get());
      await peer.until('\r\n\r\n');
      server.connections[0]?.drain();
      server.seen[0]?.stream.sendData(Buffer.from('ok'));
      server.seen[0]?.stream.sendEnd();
      assert.match(await peer.ended(), /ok$/);
    });
  });

  it('without losing the refusal to a client that still sends', async () =>
    withServer({ options: { limits: { maxBodyBytes: 10 } } }, async ({ server, peer }) => {
      peer.send(post('Content-Length: 8000000'));
      for (let i = 0; i < 8; i++) peer.send(Buffer.alloc(1_000_000));
      assert.match(await peer.ended(), /^HTTP\/1.1 413 /);
      peer.end();
      await server.until(() => server.closed === 1);
    }));

  it('a client that sends on and on after its last response', async () =>
    withServer(
      { options: { limits: { maxBodyBytes: 10, maxLingerBytes: 1000 } } },
      async ({ server, peer }) => {
        peer.send(post('Content-Length: 8000000'));
        await peer.until('413');
        peer.send(Buffer.alloc(100_000));
        await server.until(() => server.closed === 1);
      },
    ));
});
