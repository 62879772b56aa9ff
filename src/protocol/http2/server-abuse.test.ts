import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer, H2Server } from '../../../test/helpers/h2-server.ts';
import {
  describeEnd,
  frame,
  frameFlag,
  frameType,
  headers,
  rstStream,
  setting,
  settings,
  windowUpdate,
} from '../../../test/helpers/raw-h2.ts';

const fields = (method: string): ReadonlyArray<readonly [string, string]> => [
  [':method', method],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
];
const post = (id: number): Buffer => headers(id, fields('POST'), frameFlag.endHeaders);
const get = (id: number): Buffer => headers(id, fields('GET'));
const ping = frame(frameType.ping, 0, 0, '12345678');
const idAt = (index: number): number => 1 + 2 * index;

/** Sends until the connection ends. Returns how many times, or `most`. */
function sendUntilEnd(server: H2Server, most: number, make: (index: number) => Uint8Array): number {
  for (let i = 0; i < most; i++) {
    server.send(make(i));
    if (server.socket.writableEnded) return i + 1;
  }
  return most;
}

async function lastEnd(server: H2Server): Promise<string | undefined> {
  return (await server.frames()).map(describeEnd).findLast((end) => end !== undefined);
}

describe('Http2ServerConnection, what costs a client nothing', () => {
  const idle: ReadonlyArray<readonly [what: string, make: (index: number) => Uint8Array]> = [
    ['PING', () => ping],
    ['answers to pings', () => frame(frameType.ping, 1, 0, '12345678')],
    ['SETTINGS', () => settings()],
    ['PRIORITY', () => frame(frameType.priority, 0, 7, '\0\0\0\0\x01')],
    ['WINDOW_UPDATE', () => windowUpdate(0, 1)],
    ['frames of an unknown type', () => frame(0xbe, 0, 0)],
    [
      'RST_STREAM for a closed stream',
      (i) => (i === 0 ? Buffer.concat([post(1), rstStream(1, 8)]) : rstStream(1, 8)),
    ],
    ['empty DATA', (i) => (i === 0 ? post(1) : frame(frameType.data, 0, 1))],
    [
      'DATA of padding alone',
      (i) => (i === 0 ? post(1) : frame(frameType.data, frameFlag.padded, 1, '\x01\0')),
    ],
    [
      'HEADERS for a stream that we have reset',
      (i) => (i === 0 ? Buffer.concat([post(1), windowUpdate(1, 0)]) : get(1)),
    ],
    ['GOAWAY', (i) => (i === 0 ? post(1) : frame(frameType.goaway, 0, 0, '\0\0\0\0\0\0\0\0'))],
  ];
  for (const [what, make] of idle)
    it(`ends the connection after idleFrameBurst times ${what}`, async () => {
      const server = await new H2Server({ idleFrameBurst: 50 }).greet();
      const count = sendUntilEnd(server, 100, make);
      assert.ok(count >= 50 && count <= 60, String(count));
      assert.equal(await lastEnd(server), 'GOAWAY ENHANCE_YOUR_CALM');
    });

  it('allows as many again after a while', async () => {
    const server = await new H2Server({ idleFrameBurst: 50, idleFrameRatePerSecond: 10 }).greet();
    for (let i = 0; i < 20; i++) {
      assert.equal(
        sendUntilEnd(server, 10, () => ping),
        10,
      );
      server.clock.advance(1000);
    }
  });

  it('allows more to a client that sends requests', async () => {
    const server = await new H2Server({ idleFrameBurst: 50 }, (stream) => answer(stream)).greet();
    const count = sendUntilEnd(server, 500, (i) => Buffer.concat([get(idAt(i)), ping, ping]));
    assert.equal(count, 500);
  });

  it('allows more to a client that reads', async () => {
    const server = await new H2Server({ idleFrameBurst: 50 }).greet();
    server.send(get(1));
    const { stream } = server.first;
    stream.sendHead({ status: 200, headers: [], bodyLength: -1 }, false);
    const count = sendUntilEnd(server, 1000, () => {
      stream.sendData(Buffer.from('x'));
      return Buffer.concat([windowUpdate(0, 1), windowUpdate(1, 1)]);
    });
    assert.equal(count, 1000);
  });

  for (const maxFrameBytes of [16_384, 65_536])
    it(`lets a client open its windows every 4 KiB, as Go's does, by frames of ${maxFrameBytes}`, async () => {
      const server = await new H2Server({ idleFrameBurst: 50 }).greet([setting.maxFrameSize, maxFrameBytes]);
      server.send(get(1), windowUpdate(0, 1_000_000), windowUpdate(1, 1_000_000));
      const { stream } = server.first;
      stream.sendHead({ status: 200, headers: [], bodyLength: -1 }, false);
      const reads = maxFrameBytes / 4096;
      const count = sendUntilEnd(server, 100, () => {
        stream.sendData(Buffer.alloc(maxFrameBytes));
        return Buffer.concat(
          Array.from({ length: reads }, () => Buffer.concat([windowUpdate(0, 4096), windowUpdate(1, 4096)])),
        );
      });
      assert.equal(count, 100);
    });

  const resets: ReadonlyArray<readonly [what: string, make: (index: number) => Uint8Array]> = [
    ['that the client resets', (i) => Buffer.concat([post(idAt(i)), rstStream(idAt(i), 8)])],
    [
      'that it makes us reset by a window of 0',
      (i) => Buffer.concat([post(idAt(i)), windowUpdate(idAt(i), 0)]),
    ],
    [
      'that it makes us reset by a window beyond 2^31',
      (i) => Buffer.concat([post(idAt(i)), windowUpdate(idAt(i), 0x7fffffff)]),
    ],
    [
      'that it makes us reset by DATA after the end',
      (i) => Buffer.concat([get(idAt(i)), frame(frameType.data, 0, idAt(i), 'x')]),
    ],
    ['that are malformed', (i) => headers(idAt(i), [...fields('GET'), ['te', 'gzip']])],
    ['with names that are refused', (i) => headers(idAt(i), [...fields('GET'), ['x_y', '1']])],
    ['beyond the limit', (i) => post(idAt(i))],
  ];
  for (const [what, make] of resets)
    it(`ends the connection after streamResetBurst streams ${what}`, async () => {
      const server = await new H2Server({ streamResetBurst: 20, maxConcurrentStreams: 10 }).greet();
      const count = sendUntilEnd(server, 100, make);
      assert.ok(count >= 21 && count <= 31, String(count));
      assert.equal(await lastEnd(server), 'GOAWAY ENHANCE_YOUR_CALM');
      assert.equal(server.connection.openStreams, 0);
    });

  it('lets resets go on that come no faster than streamResetRatePerSecond', async () => {
    const server = await new H2Server({ streamResetBurst: 5, streamResetRatePerSecond: 1 }).greet();
    const count = sendUntilEnd(server, 100, (i) => {
      server.clock.advance(1000);
      return Buffer.concat([post(idAt(i)), windowUpdate(idAt(i), 0)]);
    });
    assert.equal(count, 100);
  });

  it('refuses streams beyond the limit, and takes new ones when others have ended', async () => {
    const server = await new H2Server({ maxConcurrentStreams: 2 }).greet();
    server.send(get(1), get(3), get(5));
    const refused = (await server.frames()).find((one) => describeEnd(one) !== undefined);
    assert.deepEqual([refused?.stream, describeEnd(refused as never)], [5, 'RST_STREAM REFUSED_STREAM']);
    answer(server.first.stream);
    server.send(get(7));
    assert.equal(server.seen.length, 3);
  });
});
