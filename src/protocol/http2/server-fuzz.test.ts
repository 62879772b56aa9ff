import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { MakeFrame, Step } from '../../../test/helpers/any-frames.ts';
import {
  back,
  badFrame,
  commonFrames,
  endFlag,
  inPieces,
  make,
  play,
  steps,
} from '../../../test/helpers/any-frames.ts';
import { H2Server, type SeenH2Request } from '../../../test/helpers/h2-server.ts';
import {
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  literal,
  preface,
  settings,
} from '../../../test/helpers/raw-h2.ts';
import type { ServerStream } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';

const pseudo = [
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
] as const;

const goodFrame: fc.Arbitrary<MakeFrame> = fc.oneof(
  {
    weight: 6,
    arbitrary: make(fc.tuple(endFlag, fc.boolean()), ([end, hasLength], idOf) => {
      const fields =
        hasLength && end === 0
          ? Buffer.concat([fieldBlock(pseudo), literal('content-length', '9')])
          : fieldBlock(pseudo);
      return frame(frameType.headers, end | frameFlag.endHeaders, idOf(0), fields);
    }),
  },
  {
    weight: 1,
    arbitrary: make(endFlag, (end, idOf) => {
      const id = idOf(0);
      const fields = fieldBlock(pseudo);
      return Buffer.concat([
        frame(frameType.headers, end, id, fields.subarray(0, 7)),
        frame(frameType.continuation, frameFlag.endHeaders, id, fields.subarray(7)),
      ]);
    }),
  },
  {
    weight: 1,
    arbitrary: make(back, (n, idOf) => frame(frameType.headers, 5, idOf(n), literal('x-trailer', 'b'))),
  },
  ...commonFrames,
);

/** Frames as they should be, and few that should not be. */
const anyFrame: fc.Arbitrary<MakeFrame> = fc.oneof(
  { weight: 100, arbitrary: goodFrame },
  { weight: 1, arbitrary: badFrame },
);

const firstRequest = frame(frameType.headers, frameFlag.endHeaders, 1, fieldBlock(pseudo));

/** Numbers streams as a client does, who has opened the first one. */
class FrameMaker {
  #lastId = 1;

  make(toFrame: MakeFrame): Buffer {
    return toFrame((n) => {
      if (n === 0) this.#lastId += 2;
      return Math.max(1, this.#lastId - 2 * Math.max(0, n - 1));
    });
  }
}

/** What a gateway does to a stream, at any time: also what it must not do. */
type Act = (stream: ServerStream) => unknown;
const actions: readonly Act[] = [
  (stream) => stream.sendHead({ status: 200, headers: ['x', 'y'], bodyLength: unknownLength }, false),
  (stream) => stream.sendHead({ status: 200, headers: [], bodyLength: 5 }, false),
  (stream) => stream.sendHead({ status: 204, headers: [], bodyLength: 0 }, true),
  (stream) => stream.sendData(Buffer.from('abc')),
  (stream) => stream.sendData(Buffer.alloc(100_000)),
  (stream) => stream.sendEnd(),
  (stream) => stream.sendEnd(['x', 'y']),
  (stream) => stream.pauseBody(),
  (stream) => stream.resumeBody(),
  (stream) => stream.abort(),
  (stream) => stream.sendInformational(103, []),
  (stream) => stream.closeAfterResponse(),
];
const action = fc.constantFrom(...actions);

const isLast = (told: string): boolean => told === 'complete' || told.startsWith('abort');

/** A handler's last word comes once, and is the last. */
function assertTold({ told }: SeenH2Request): void {
  const at = told.findIndex(isLast);
  assert.ok(at === -1 || at === told.length - 1, told.join());
  assert.ok(told.filter((one) => one === 'end').length <= 1, told.join());
}

async function run(some: readonly Step<Act>[], inside: readonly Act[]): Promise<void> {
  let calls = 0;
  const maker = new FrameMaker();
  const server = new H2Server({ streamWindow: 300, connectionWindow: 65_535 }, (stream, seen) => {
    inside[calls++ % inside.length]?.(stream);
    seen.onEnd = () => inside[calls++ % inside.length]?.(stream);
  });
  server.send(Buffer.from(preface), settings(), firstRequest);
  await play(server, some, {
    toOctets: (toFrame) => maker.make(toFrame),
    act: (act, which) => act((server.seen[which % server.seen.length] as SeenH2Request).stream),
  });
  server.socket.emit('close');
  assert.equal(server.connection.openStreams, 0);
  assert.equal(server.wheel.size, 0);
  assert.ok(server.hasClosed);
  for (const seen of server.seen) assertTold(seen);
}

describe('Http2ServerConnection, any frames', () => {
  it('never throws, tells each handler its last word once, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(steps(anyFrame, action), fc.array(action, { minLength: 1, maxLength: 6 }), run),
      { numRuns: 300 },
    );
  });

  it('reads the same however the octets are cut', async () => {
    const told = async (makers: readonly MakeFrame[], cuts: readonly number[]): Promise<unknown> => {
      const server = new H2Server({}, (stream, seen) => {
        seen.onEnd = () => stream.sendHead({ status: 204, headers: [], bodyLength: 0 }, true);
      });
      const maker = new FrameMaker();
      const frames = makers.map((toFrame) => maker.make(toFrame));
      const all = Buffer.concat([Buffer.from(preface), settings(), firstRequest, ...frames]);
      for (const piece of inPieces(all, cuts)) server.send(piece);
      const answers = await server.frames();
      return [
        server.seen.map((seen) => [
          seen.stream.request.headers,
          seen.body,
          seen.told.filter((one) => !one.startsWith('body')),
        ]),
        server.rejected,
        answers.map(({ type, stream, payload }) => [type, stream, payload.toString('latin1')]),
      ];
    };
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFrame, { maxLength: 12, size: 'max' }),
        fc.array(fc.nat(2000), { maxLength: 20 }),
        async (frames, cuts) => {
          assert.deepEqual(await told(frames, cuts), await told(frames, []));
        },
      ),
      { numRuns: 300 },
    );
  });
});
