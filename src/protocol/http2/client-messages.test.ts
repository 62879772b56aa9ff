import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { H2Client, SeenH2Response } from '../../../test/helpers/h2-client.ts';
import {
  describeEnd,
  frame,
  frameFlag,
  frameType,
  type H2Frame,
  headers,
  rstStream,
  setting,
} from '../../../test/helpers/raw-h2.ts';
import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';

const { endHeaders, endStream } = frameFlag;
const head = (status: number, ...fields: ReadonlyArray<readonly [string, string]>): Buffer =>
  headers(1, [[':status', String(status)], ...fields], endHeaders);
const data = (text: string, flags = 0): Buffer => frame(frameType.data, flags, 1, text);
const end = data('', endStream);

/** The frames of a request, and of what `act` sends with it. */
async function framesOf(
  request: Partial<RequestHead>,
  act: (seen: SeenH2Response) => void = () => undefined,
): Promise<{ readonly client: H2Client; readonly frames: readonly H2Frame[] }> {
  const client = await new H2Client().greet();
  act(client.request(request));
  return { client, frames: await client.frames() };
}

describe('Http2ClientConnection, requests', () => {
  const pseudo = [':method', 'GET', ':scheme', 'http', ':authority', 'backend.example', ':path', '/'];
  const post = [':method', 'POST', ...pseudo.slice(2)];
  const rows: ReadonlyArray<
    readonly [what: string, request: Partial<RequestHead>, fields: readonly string[]]
  > = [
    ['GET without body', {}, pseudo],
    [
      'fields in their order',
      { headers: ['x-a', '1', 'x-b', '', 'x-a', '2'] },
      [...pseudo, 'x-a', '1', 'x-b', '', 'x-a', '2'],
    ],
    [
      'another method, scheme and path',
      { method: 'PURGE', scheme: 'https', target: '/a?b' },
      [':method', 'PURGE', ':scheme', 'https', ':authority', 'backend.example', ':path', '/a?b'],
    ],
    ['no authority', { authority: '' }, [':method', 'GET', ':scheme', 'http', ':path', '/']],
    ['te: trailers', { headers: ['te', 'trailers'] }, [...pseudo, 'te', 'trailers']],
    [
      'no field of the connection',
      { headers: ['connection', 'a', 'host', 'b', 'http2-settings', 'c', 'upgrade', 'd', 'x-a', 'e'] },
      [...pseudo, 'x-a', 'e'],
    ],
    ['no pseudo field beside its own', { headers: [':path', '/b'] }, pseudo],
    ['no field with a line break', { headers: ['x-a', 'b\r\nx-c: d'] }, pseudo],
    ['POST without body and its length', { method: 'POST' }, [...post, 'content-length', '0']],
    ['POST with a length', { method: 'POST', bodyLength: 5 }, [...post, 'content-length', '5']],
    ['POST of unknown length', { method: 'POST', bodyLength: unknownLength }, post],
    [
      'an upgrade as extended CONNECT',
      { upgrade: 'websocket', headers: ['sec-websocket-key', 'a', 'sec-websocket-version', '13'] },
      [':method', 'CONNECT', ':protocol', 'websocket', ...pseudo.slice(2), 'sec-websocket-version', '13'],
    ],
  ];
  for (const [what, request, fields] of rows)
    it(`sends ${what}`, async () => {
      const { client, frames } = await framesOf(request);
      const [first, ...rest] = frames;
      assert.equal(rest.length, 0);
      assert.deepEqual(client.fields(first as H2Frame), fields);
      const hasBody = (request.bodyLength ?? 0) !== 0 || request.upgrade !== undefined;
      assert.equal(first?.flags, hasBody ? endHeaders : endHeaders | endStream);
    });

  for (const [what, request] of [
    ['a blank in the target', { target: '/a b' }],
    ['an empty target', { target: '' }],
    ['a line break in the authority', { authority: 'a\r\nb' }],
    ['a method that is none', { method: 'G ET' }],
    ['CONNECT', { method: 'CONNECT' }],
  ] as const)
    it(`throws for ${what}, and serves the next request`, async () => {
      const client = await new H2Client().greet();
      assert.throws(() => client.request(request), TypeError);
      client.request();
      assert.deepEqual(
        (await client.frames()).map(({ stream }) => stream),
        [1],
      );
    });

  it('sends head, body and end in two frames of one write', async () => {
    const { client, frames } = await framesOf({ method: 'POST', bodyLength: 2 }, ({ stream }) => {
      stream?.sendData(Buffer.from('ab'));
      stream?.sendEnd();
    });
    assert.deepEqual(
      frames.map(({ type, flags }) => [type, flags]),
      [
        [frameType.headers, endHeaders],
        [frameType.data, endStream],
      ],
    );
    assert.equal(client.socket.writes, 2);
  });

  it('sends trailers', async () => {
    const { client, frames } = await framesOf({ method: 'POST', bodyLength: unknownLength }, ({ stream }) => {
      stream?.sendData(Buffer.from('ab'));
      stream?.sendEnd(['x-sum', '7', 'connection', 'close']);
    });
    const [first, , last] = frames;
    client.fields(first as H2Frame);
    assert.equal(last?.flags, endHeaders | endStream);
    assert.deepEqual(client.fields(last as H2Frame), ['x-sum', '7']);
  });

  for (const [what, text] of [
    ['shorter', 'a'],
    ['longer', 'abc'],
  ] as const)
    it(`never lets a body look whole that is ${what} than it was said to be`, async () => {
      const client = await new H2Client().greet();
      const seen = client.request({ method: 'POST', bodyLength: 2 });
      seen.stream?.sendData(Buffer.from(text));
      seen.stream?.sendEnd();
      assert.deepEqual(seen.told, []);
      const frames = await client.frames();
      assert.deepEqual(frames.map(describeEnd).at(-1), 'RST_STREAM INTERNAL_ERROR');
      assert.ok(frames.every(({ type, flags }) => type === frameType.rstStream || (flags & endStream) === 0));
      assert.deepEqual(seen.told, ['error local_reset']);
    });

  it('resets a request that is cancelled, and never marks it as whole', async () => {
    const { frames } = await framesOf({ method: 'POST', bodyLength: unknownLength }, ({ stream }) => {
      stream?.sendData(Buffer.from('half'));
      stream?.abort();
      stream?.abort();
      stream?.sendData(Buffer.from('half'));
      stream?.sendEnd();
    });
    assert.deepEqual(
      frames.map((one) => describeEnd(one) ?? one.flags),
      [endHeaders, 0, 'RST_STREAM CANCEL'],
    );
  });

  it('leaves the size update of a smaller table to the next request when one cannot be written', async () => {
    const client = await new H2Client().greet([setting.headerTableSize, 0]);
    assert.throws(() => client.request({ target: '' }));
    client.request();
    assert.equal((await client.frames())[0]?.payload[0], 0x20);
  });
});

describe('Http2ClientConnection, responses', () => {
  const rows: ReadonlyArray<
    readonly [
      what: string,
      request: Partial<RequestHead>,
      sent: readonly Buffer[],
      told: readonly string[],
      length: number,
    ]
  > = [
    [
      'a body',
      {},
      [head(200), data('ab'), data('c', endStream)],
      ['head 200', 'body ab', 'body c', 'end'],
      -1,
    ],
    [
      'a body of known length',
      {},
      [head(200, ['content-length', '2']), data('ab', endStream)],
      ['head 200', 'body ab', 'end'],
      2,
    ],
    ['a head alone', {}, [headers(1, [[':status', '404']])], ['head 404', 'end'], 0],
    ['an end in a frame of its own', {}, [head(200), end], ['head 200', 'end'], -1],
    [
      'an answer to HEAD',
      { method: 'HEAD' },
      [
        headers(1, [
          [':status', '200'],
          ['content-length', '9'],
        ]),
      ],
      ['head 200', 'end'],
      9,
    ],
    [
      'an answer to HEAD that ends later',
      { method: 'HEAD' },
      [head(200, ['content-length', '9']), end],
      ['head 200', 'end'],
      9,
    ],
    [
      'an answer to HEAD without length',
      { method: 'HEAD' },
      [headers(1, [[':status', '200']])],
      ['head 200', 'end'],
      -1,
    ],
    [
      'a 304 with a length',
      {},
      [
        headers(1, [
          [':status', '304'],
          ['content-length', '9'],
        ]),
      ],
      ['head 304', 'end'],
      9,
    ],
    ['a 304 without length', {}, [headers(1, [[':status', '304']])], ['head 304', 'end'], -1],
    ['a 204', {}, [headers(1, [[':status', '204']])], ['head 204', 'end'], 0],
    ['interim responses', {}, [head(100), head(103), head(200), end], ['interim 103', 'head 200', 'end'], -1],
    [
      'a tunnel',
      { upgrade: 'websocket' },
      [head(200, ['content-length', '1']), data('ab'), end],
      ['head 101', 'body ab', 'end'],
      -1,
    ],
    [
      'a tunnel that is refused',
      { upgrade: 'websocket' },
      [headers(1, [[':status', '403']])],
      ['head 403', 'end'],
      0,
    ],
  ];
  for (const [what, request, sent, told, length] of rows)
    it(`hands over ${what}`, async () => {
      const client = await new H2Client().greet();
      const seen = client.request(request);
      client.send(...sent);
      assert.deepEqual(seen.told, told);
      assert.equal(seen.head?.bodyLength, length);
      assert.equal(client.connection.openStreams, 0);
    });

  it('hands over trailers, without what belongs in a head', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    client.send(
      head(200),
      headers(1, [
        ['grpc-status', '0'],
        ['content-type', 'a/b'],
        ['x_a', 'b'],
      ]),
    );
    assert.deepEqual(seen.trailers, ['grpc-status', '0', 'x_a', 'b']);
  });

  it('stops an upload whose response is complete', async () => {
    const client = await new H2Client().greet();
    const seen = client.request({ method: 'POST', bodyLength: unknownLength });
    await client.frames();
    client.send(headers(1, [[':status', '413']]), rstStream(1, 0));
    seen.stream?.sendData(Buffer.from('ab'));
    seen.stream?.sendEnd();
    assert.deepEqual((await client.frames()).map(describeEnd), ['RST_STREAM NO_ERROR']);
    assert.deepEqual(seen.told, ['head 413', 'end']);
  });

  it('lets an upload go on while its response comes', async () => {
    const client = await new H2Client().greet();
    const seen = client.request({ method: 'POST', bodyLength: unknownLength });
    client.send(head(200), data('ab'));
    seen.stream?.sendData(Buffer.from('cd'));
    seen.stream?.sendEnd();
    assert.equal((await client.frames()).at(-1)?.payload.toString(), 'cd');
    client.send(end);
    assert.deepEqual(seen.told, ['head 200', 'body ab', 'end']);
    assert.deepEqual(await client.frames(), []);
  });

  const resets: ReadonlyArray<readonly [code: number, reason: string, requestSent: boolean]> = [
    [0, 'remote_reset', true],
    [1, 'protocol_error', true],
    [2, 'remote_reset', true],
    [7, 'remote_refused_stream_reset', false],
    [8, 'remote_reset', true],
    [0xbe, 'remote_reset', true],
  ];
  for (const [code, reason, requestSent] of resets)
    it(`takes RST_STREAM ${code} for ${reason}`, async () => {
      const client = await new H2Client().greet();
      const seen = client.request();
      client.send(rstStream(1, code));
      assert.deepEqual(seen.failure, { reason, transport: undefined, requestSent, responseStarted: false });
      assert.equal(client.connection.openStreams, 0);
    });

  it('says that a response had started', async () => {
    const client = await new H2Client().greet();
    const seen = client.request();
    client.send(head(200), data('ab'), rstStream(1, 2));
    assert.equal(seen.failure?.responseStarted, true);
  });

  for (const when of ['head 200', 'body ab', 'end'])
    it(`may be cancelled when told of ${when}`, async () => {
      const client = await new H2Client().greet();
      const seen = new SeenH2Response();
      seen.onTold = (told) => {
        if (told === when) seen.stream?.abort();
      };
      client.request({}, seen);
      client.send(head(200), data('ab', endStream));
      assert.equal(seen.told.at(-1), when);
      assert.equal(client.connection.openStreams, 0);
    });

  it('lets the connection be closed, and other requests be made, from any callback', async () => {
    const client = await new H2Client().greet();
    const seen = new SeenH2Response();
    const next: SeenH2Response[] = [];
    seen.onTold = (told) => {
      if (told === 'head 200') next.push(client.request());
      else client.connection.destroy();
    };
    client.request({}, seen);
    client.send(head(200), data('ab'), data('c', endStream));
    assert.deepEqual(seen.told, ['head 200', 'body ab', 'error connection_termination']);
    assert.deepEqual(next[0]?.told, ['error connection_termination']);
    assert.equal(next[0]?.failure?.requestSent, true);
  });
});
