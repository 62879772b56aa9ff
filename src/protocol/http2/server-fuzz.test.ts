import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { H2Server, type SeenH2Request } from '../../../test/helpers/h2-server.ts';
import {
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  literal,
  preface,
  setting,
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

const octets = fc.uint8Array({ maxLength: 40 });
const uint32Bytes = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** A frame for the stream that is the n-th last one, where 0 is the next one to open. */
type MakeFrame = (idOf: (back: number) => number) => Buffer;
const make = <T>(
  arbitrary: fc.Arbitrary<T>,
  toFrame: (value: T, idOf: (back: number) => number) => Buffer,
): fc.Arbitrary<MakeFrame> => arbitrary.map((value) => (idOf) => toFrame(value, idOf));
const back = fc.integer({ min: 1, max: 4 });
const endFlag = fc.constantFrom(0, frameFlag.endStream);

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
    weight: 8,
    arbitrary: make(fc.tuple(endFlag, back, octets), ([end, n, bytes], idOf) =>
      frame(frameType.data, end, idOf(n), bytes),
    ),
  },
  {
    weight: 1,
    arbitrary: make(back, (n, idOf) => frame(frameType.headers, 5, idOf(n), literal('x-trailer', 'b'))),
  },
  {
    weight: 3,
    arbitrary: make(fc.tuple(back, fc.integer({ min: 1, max: 70_000 })), ([n, value], idOf) =>
      frame(frameType.windowUpdate, 0, n === 4 ? 0 : idOf(n), uint32Bytes(value)),
    ),
  },
  {
    weight: 1,
    arbitrary: make(fc.tuple(back, fc.constantFrom(0, 8)), ([n, code], idOf) =>
      frame(frameType.rstStream, 0, idOf(n), uint32Bytes(code)),
    ),
  },
  { weight: 2, arbitrary: make(fc.nat(100_000), (value) => settings([setting.initialWindowSize, value])) },
  { weight: 1, arbitrary: make(octets, (bytes) => frame(0xbe, 0, 0, bytes)) },
);

const badFrame: fc.Arbitrary<MakeFrame> = fc.oneof(
  make(fc.tuple(fc.nat(12), fc.nat(255), back, octets), ([type, flags, n, bytes], idOf) =>
    frame(type, flags, idOf(n), bytes),
  ),
  make(fc.tuple(fc.nat(12), fc.nat(255), octets), ([type, flags, bytes]) => frame(type, flags, 0, bytes)),
  make(fc.tuple(fc.nat(9), fc.nat()), ([id, value]) => settings([id, value])),
  make(octets, (bytes) => Buffer.from(bytes)),
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
const actions: ReadonlyArray<(stream: ServerStream) => unknown> = [
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

type Step =
  | { readonly kind: 'frames'; readonly frames: readonly MakeFrame[] }
  | { readonly kind: 'act'; readonly act: (stream: ServerStream) => unknown; readonly which: number }
  | { readonly kind: 'fill' | 'empty' | 'turn' }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(anyFrame, { minLength: 1, maxLength: 6, size: 'max' })
      .map((frames) => ({ kind: 'frames', frames }) as const),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('act' as const), act: action, which: fc.nat(9) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { kind: 'fill' } as const,
      { kind: 'empty' } as const,
      { kind: 'turn' } as const,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(30, 100, 70_000) }),
  },
);

const isLast = (told: string): boolean => told === 'complete' || told.startsWith('abort');

/** A handler's last word comes once, and is the last. */
function assertTold({ told }: SeenH2Request): void {
  const at = told.findIndex(isLast);
  assert.ok(at === -1 || at === told.length - 1, told.join());
  assert.ok(told.filter((one) => one === 'end').length <= 1, told.join());
}

async function run(
  steps: readonly Step[],
  inside: ReadonlyArray<(stream: ServerStream) => unknown>,
): Promise<void> {
  let calls = 0;
  const maker = new FrameMaker();
  const server = new H2Server({ streamWindow: 300, connectionWindow: 65_535 }, (stream, seen) => {
    inside[calls++ % inside.length]?.(stream);
    seen.onEnd = () => inside[calls++ % inside.length]?.(stream);
  });
  server.send(Buffer.from(preface), settings(), firstRequest);
  for (const one of steps) {
    if (one.kind === 'frames') server.send(...one.frames.map((toFrame) => maker.make(toFrame)));
    else if (one.kind === 'act') {
      const seen = server.seen[one.which % Math.max(1, server.seen.length)];
      if (seen !== undefined) one.act(seen.stream);
    } else if (one.kind === 'wait') server.clock.advance(one.ms);
    else if (one.kind === 'fill') server.socket.fill();
    else if (one.kind === 'empty') server.socket.empty();
    else await server.frames();
  }
  await server.frames();
  server.socket.emit('close');
  assert.equal(server.connection.openStreams, 0);
  assert.equal(server.wheel.size, 0);
  assert.ok(server.hasClosed);
  for (const seen of server.seen) assertTold(seen);
}

describe('Http2ServerConnection, any frames', () => {
  it('never throws, tells each handler its last word once, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
        fc.array(action, { minLength: 1, maxLength: 6 }),
        run,
      ),
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
      const at = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
      for (let i = 1; i < at.length; i++) server.send(all.subarray(at[i - 1], at[i]));
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
