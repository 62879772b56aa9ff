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
import { H2Client, SeenH2Response } from '../../../test/helpers/h2-client.ts';
import {
  fieldBlock,
  frame,
  frameFlag,
  frameType,
  goAway,
  literal,
  settings,
} from '../../../test/helpers/raw-h2.ts';
import { unknownLength } from '../http/stream.ts';

const status = (code: number): Buffer => fieldBlock([[':status', String(code)]]);
const length = literal('content-length', '9');

const goodFrame: fc.Arbitrary<MakeFrame> = fc.oneof(
  {
    weight: 8,
    arbitrary: make(fc.tuple(endFlag, fc.boolean(), back), ([end, hasLength, n], idOf) => {
      const fields = hasLength && end === 0 ? Buffer.concat([status(200), length]) : status(200);
      return frame(frameType.headers, end | frameFlag.endHeaders, idOf(n), fields);
    }),
  },
  {
    weight: 1,
    arbitrary: make(fc.tuple(endFlag, back), ([end, n], idOf) => {
      const fields = status(404);
      return Buffer.concat([
        frame(frameType.headers, end, idOf(n), fields.subarray(0, 7)),
        frame(frameType.continuation, frameFlag.endHeaders, idOf(n), fields.subarray(7)),
      ]);
    }),
  },
  { weight: 1, arbitrary: make(back, (n, idOf) => frame(frameType.headers, 4, idOf(n), status(103))) },
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
  { weight: 1, arbitrary: make(back, (n, idOf) => goAway(idOf(n))) },
);

/** The requests of a connection, and what their handlers do within callbacks. */
class Requests {
  readonly client: H2Client;
  readonly seen: SeenH2Response[] = [];
  readonly #inside: readonly Act[];
  #calls = 0;
  #isCalling = false;

  constructor(client: H2Client, inside: readonly Act[]) {
    this.client = client;
    this.#inside = inside;
  }

  open(bodyLength: number, upgrade?: string): void {
    if (!this.client.connection.isAvailable) return;
    const seen = new SeenH2Response();
    seen.onTold = () => {
      assert.ok(seen.stream !== undefined, 'called back from within request()');
      if (this.#isCalling) return;
      this.#isCalling = true;
      this.#inside[this.#calls++ % this.#inside.length]?.(seen, this);
      this.#isCalling = false;
    };
    this.seen.push(seen);
    this.client.request({ method: 'POST', bodyLength, upgrade }, seen);
  }

  /** The identifier of the n-th last stream. */
  readonly idOf = (n: number): number => Math.max(1, 2 * (this.seen.length - n) + 1);
}

/** What a gateway does to a stream, at any time: also what it must not do. */
type Act = (seen: SeenH2Response, requests: Requests) => unknown;
const acts: readonly Act[] = [
  (_seen, requests) => requests.open(unknownLength),
  (_seen, requests) => requests.open(unknownLength),
  (_seen, requests) => requests.open(0),
  (_seen, requests) => requests.open(5),
  (_seen, requests) => requests.open(0, 'websocket'),
  ({ stream }) => stream?.sendData(Buffer.from('abc')),
  ({ stream }) => stream?.sendData(Buffer.alloc(100_000)),
  ({ stream }) => stream?.sendEnd(),
  ({ stream }) => stream?.sendEnd(['x', 'y']),
  ({ stream }) => stream?.pauseBody(),
  ({ stream }) => stream?.resumeBody(),
  ({ stream }) => stream?.resumeBody(),
  ({ stream }) => stream?.abort(),
];
const act = fc.constantFrom(...acts);
const rareAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 60, arbitrary: act },
  { weight: 1, arbitrary: fc.constant<Act>((_seen, requests) => requests.client.connection.drain()) },
  { weight: 1, arbitrary: fc.constant<Act>((_seen, requests) => requests.client.connection.destroy()) },
);

const isLast = (told: string): boolean => told === 'end' || told.startsWith('error');

/** A handler's last word comes once, and is the last. */
function assertTold({ told }: SeenH2Response): void {
  const at = told.findIndex(isLast);
  assert.ok(at === -1 || at === told.length - 1, told.join());
  assert.ok(told.filter((one) => one.startsWith('head')).length <= 1, told.join());
}

async function run(some: ReadonlyArray<Step<Act>>, inside: readonly Act[]): Promise<void> {
  const client = new H2Client({ streamWindow: 300, connectionWindow: 65_535 });
  const requests = new Requests(client, inside);
  for (let i = 0; i < 3; i++) requests.open(unknownLength);
  client.send(settings());
  await play(client, some, {
    toOctets: (toFrame) => toFrame(requests.idOf),
    act: (act, which) => act(requests.seen[which % requests.seen.length] as SeenH2Response, requests),
  });
  client.socket.emit('close');
  for (const seen of requests.seen) seen.stream?.resumeBody();
  await client.frames();
  assert.equal(client.connection.openStreams, 0);
  assert.equal(client.wheel.size, 0);
  assert.equal(client.told.filter((one) => one === 'draining').length, 1);
  assert.ok(client.told.includes('close'));
  for (const seen of requests.seen) assertTold(seen);
}

describe('Http2ClientConnection, any frames', () => {
  it('never throws, tells each handler its last word once, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(steps(anyFrame, rareAct), fc.array(act, { minLength: 1, maxLength: 6 }), run),
      { numRuns: 300 },
    );
  });

  it('reads the same however the octets are cut', async () => {
    const told = async (makers: readonly MakeFrame[], cuts: readonly number[]): Promise<unknown> => {
      const client = new H2Client();
      const seen = [1, 2, 3, 4].map(() => client.request());
      const frames = makers.map((toFrame) => toFrame((n) => 2 * n - 1));
      const all = Buffer.concat([settings(), ...frames]);
      for (const piece of inPieces(all, cuts)) client.send(piece);
      const answers = await client.frames();
      return [
        seen.map((one) => [one.body, one.head?.headers, one.told.filter((what) => !what.startsWith('body'))]),
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
