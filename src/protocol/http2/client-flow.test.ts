import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { H2Client } from '../../../test/helpers/h2-client.ts';
import {
  frame,
  frameFlag,
  frameType,
  type H2Frame,
  headers,
  setting,
  settings,
  windowUpdate,
} from '../../../test/helpers/raw-h2.ts';
import { turn } from '../../../test/helpers/written-frames.ts';
import { unknownLength } from '../http/stream.ts';
import type { Http2ClientOptions } from './http2-client-connection.ts';

const { endHeaders, endStream } = frameFlag;
const head = (id: number): Buffer => headers(id, [[':status', '200']], endHeaders);
const data = (id: number, text: string, flags = 0): Buffer => frame(frameType.data, flags, id, text);
const upload = { method: 'POST', bodyLength: unknownLength };
const sum = (frames: readonly H2Frame[], streamId?: number): number =>
  frames
    .filter(({ type, stream }) => type === frameType.data && (streamId ?? stream) === stream)
    .reduce((total, { payload }) => total + payload.length, 0);
const grants = (frames: readonly H2Frame[]): string[] =>
  frames
    .filter(({ type }) => type === frameType.windowUpdate)
    .map(({ stream, payload }) => `${stream}: ${payload.readUInt32BE()}`);

describe('Http2ClientConnection, what it sends', () => {
  it('is no more than the window of the stream allows', async () => {
    const client = await new H2Client().greet([setting.initialWindowSize, 10]);
    const { stream } = client.request(upload);
    stream?.sendData(Buffer.alloc(25));
    stream?.sendEnd();
    assert.equal(sum(await client.frames()), 10);
    client.send(windowUpdate(1, 10));
    assert.equal(sum(await client.frames()), 10);
    client.send(windowUpdate(1, 10));
    const [last] = await client.frames();
    assert.deepEqual([last?.payload.length, last?.flags], [5, endStream]);
  });

  it('is no more than the window of the connection allows, in turn', async () => {
    const client = await new H2Client().greet([setting.initialWindowSize, 1_000_000]);
    client.request(upload).stream?.sendData(Buffer.alloc(65_000));
    client.request(upload).stream?.sendData(Buffer.alloc(65_000));
    client.request(upload).stream?.sendData(Buffer.alloc(65_000));
    assert.equal(sum(await client.frames()), 65_535);
    client.send(windowUpdate(0, 32_768));
    const frames = await client.frames();
    assert.deepEqual([sum(frames, 3), sum(frames, 5)], [16_384, 16_384]);
  });

  it('follows windows that settings make larger or smaller', async () => {
    const client = await new H2Client().greet([setting.initialWindowSize, 10]);
    client.request(upload).stream?.sendData(Buffer.alloc(30));
    assert.equal(sum(await client.frames()), 10);
    client.send(settings([setting.initialWindowSize, 15]));
    assert.equal(sum(await client.frames()), 5);
    client.send(settings([setting.initialWindowSize, 5]), windowUpdate(1, 10));
    assert.equal(sum(await client.frames()), 0);
    client.send(windowUpdate(1, 1));
    assert.equal(sum(await client.frames()), 1);
  });

  it('waits beyond 64 KiB, and goes on at half of it', async () => {
    const client = await new H2Client().greet([setting.initialWindowSize, 0]);
    const seen = client.request(upload);
    assert.equal(seen.stream?.sendData(Buffer.alloc(65_536)), true);
    assert.equal(seen.stream?.sendData(Buffer.alloc(1)), false);
    client.send(windowUpdate(1, 30_000));
    assert.deepEqual(seen.told, []);
    client.send(windowUpdate(1, 5_000));
    assert.deepEqual(seen.told, ['drain']);
  });

  it('waits while the backend does not read, and goes on as soon as it does', async () => {
    const client = await new H2Client().greet();
    const seen = client.request(upload);
    client.socket.fill();
    seen.stream?.sendData(Buffer.from('a'));
    await client.frames();
    while (seen.stream?.sendData(Buffer.alloc(16_384)) === true);
    assert.equal(sum(await client.frames()), 0);
    client.socket.empty();
    assert.ok(sum(await client.frames()) > 32_768);
    assert.deepEqual(seen.told, ['drain']);
  });

  it('takes no more requests while 64 KiB wait for a backend that does not read', async () => {
    const client = await new H2Client().greet();
    client.socket.fill();
    client.request();
    await client.frames();
    const large = { headers: ['x-a', 'x'.repeat(10_000)] };
    for (let i = 0; i < 7; i++) {
      assert.ok(client.connection.isAvailable);
      client.request(large);
    }
    assert.ok(!client.connection.isAvailable);
    client.told.length = 0;
    client.socket.empty();
    assert.ok(client.connection.isAvailable);
    assert.deepEqual(client.told, ['available']);
  });

  it('stops reading from a backend that does not read', async () => {
    const client = await new H2Client().greet();
    client.socket.fill();
    client.request({ headers: ['x-a', 'x'.repeat(100)] });
    await client.frames();
    client.request({ headers: ['x-a', 'x'.repeat(200_000)] });
    client.send(frame(frameType.ping, 0, 0, '12345678'));
    assert.ok(client.socket.isPaused);
    client.socket.empty();
    assert.ok(!client.socket.isPaused);
  });

  it('obeys the frame size of the backend', async () => {
    const client = await new H2Client().greet([setting.maxFrameSize, 20_000]);
    client.request(upload).stream?.sendData(Buffer.alloc(50_000));
    const sizes = (await client.frames())
      .filter(({ type }) => type === frameType.data)
      .map(({ payload }) => payload.length);
    assert.deepEqual(sizes, [20_000, 20_000, 10_000]);
  });
});

describe('Http2ClientConnection, what it reads', () => {
  const open = (options: Http2ClientOptions): Promise<H2Client> => new H2Client(options).greet();

  it('is granted again when half of a window is with the receiver', async () => {
    const client = await open({ streamWindow: 65_535, connectionWindow: 100_000 });
    client.request();
    client.send(head(1), data(1, 'x'.repeat(16_000)), data(1, 'x'.repeat(16_000)));
    assert.deepEqual(grants(await client.frames()), []);
    client.send(data(1, 'x'.repeat(1_000)));
    assert.deepEqual(grants(await client.frames()), ['1: 33000']);
    client.send(data(1, 'x'.repeat(16_384)), data(1, 'x'.repeat(616)));
    assert.deepEqual(grants(await client.frames()), ['0: 50000']);
  });

  it('is held back, and not granted, while the receiver is paused', async () => {
    const client = await open({ streamWindow: 65_535, connectionWindow: 65_535 });
    const seen = client.request();
    seen.stream?.pauseBody();
    client.send(
      head(1),
      data(1, 'a'.repeat(16_000)),
      data(1, 'b'.repeat(16_000)),
      data(1, 'c'.repeat(16_000)),
    );
    assert.deepEqual(grants(await client.frames()), []);
    assert.deepEqual(seen.told, ['head 200']);
    seen.stream?.resumeBody();
    assert.deepEqual(seen.told, ['head 200']);
    assert.deepEqual(grants(await client.frames()).length, 2);
    assert.equal(seen.body.length, 48_000);
  });

  it('ends after what was held back', async () => {
    const client = await open({});
    const seen = client.request();
    client.send(head(1));
    seen.stream?.pauseBody();
    client.send(data(1, 'ab'), headers(1, [['x-t', '1']]));
    assert.equal(client.connection.openStreams, 0);
    seen.stream?.resumeBody();
    await turn();
    assert.deepEqual(seen.told, ['head 200', 'body ab', 'end']);
    assert.deepEqual(seen.trailers, ['x-t', '1']);
  });

  it('may be paused and resumed within a callback', async () => {
    const client = await open({});
    const seen = client.request();
    seen.onTold = (told) => {
      if (!told.startsWith('body')) return;
      seen.stream?.pauseBody();
      queueMicrotask(() => seen.stream?.resumeBody());
    };
    client.send(head(1), data(1, 'a'), data(1, 'b'), data(1, 'c', endStream));
    await client.frames();
    assert.equal(seen.body, 'abc');
    assert.equal(seen.told.at(-1), 'end');
  });

  it('outlives its connection when it is whole', async () => {
    const client = await open({});
    const whole = client.request();
    const half = client.request();
    for (const seen of [whole, half]) seen.stream?.pauseBody();
    client.send(head(1), head(3), data(1, 'ab', endStream), data(3, 'ab'));
    client.socket.emit('end');
    for (const seen of [whole, half]) seen.stream?.resumeBody();
    await turn();
    assert.deepEqual(whole.told, ['head 200', 'body ab', 'end']);
    assert.deepEqual(half.told, ['head 200', 'error connection_termination']);
  });

  it('is dropped when the request is cancelled, and granted to the connection', async () => {
    const client = await open({ connectionWindow: 65_535 });
    const seen = client.request();
    seen.stream?.pauseBody();
    client.send(
      head(1),
      data(1, 'x'.repeat(16_000)),
      data(1, 'x'.repeat(16_000)),
      data(1, 'x'.repeat(1_000)),
    );
    seen.stream?.abort();
    assert.deepEqual(grants(await client.frames()), ['0: 33000']);
    seen.stream?.resumeBody();
    await turn();
    assert.deepEqual(seen.told, ['head 200']);
  });

  it('is granted again with its padding', async () => {
    const client = await open({ streamWindow: 1_000 });
    const seen = client.request();
    client.send(head(1));
    for (let i = 0; i < 20; i++)
      client.send(frame(frameType.data, frameFlag.padded, 1, `\xffa${'\0'.repeat(255)}`));
    assert.equal(seen.body, 'a'.repeat(20));
    assert.equal(grants(await client.frames()).length, 10);
  });
});
