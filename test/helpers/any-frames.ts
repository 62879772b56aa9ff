import fc from 'fast-check';
import type { ManualClock } from '../../src/core/manual-clock.ts';
import type { MemorySocket } from './memory-socket.ts';
import type { H2Frame } from './raw-h2.ts';
import { frame, frameFlag, frameType, setting, settings } from './raw-h2.ts';

/** A frame for the stream that is the n-th last one, where 0 is the next one to open. */
export type MakeFrame = (idOf: (back: number) => number) => Buffer;

export const make = <T>(
  arbitrary: fc.Arbitrary<T>,
  toFrame: (value: T, idOf: (back: number) => number) => Buffer,
): fc.Arbitrary<MakeFrame> => arbitrary.map((value) => (idOf) => toFrame(value, idOf));

export const octets: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 });
export const back: fc.Arbitrary<number> = fc.integer({ min: 1, max: 4 });
export const endFlag: fc.Arbitrary<number> = fc.constantFrom(0, frameFlag.endStream);

export const uint32Bytes = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** What either side may send behind the head of a message. */
export const commonFrames: ReadonlyArray<fc.WeightedArbitrary<MakeFrame>> = [
  {
    weight: 8,
    arbitrary: make(fc.tuple(endFlag, back, octets), ([end, n, bytes], idOf) =>
      frame(frameType.data, end, idOf(n), bytes),
    ),
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
];

/** Frames and octets that nobody should send. */
export const badFrame: fc.Arbitrary<MakeFrame> = fc.oneof(
  make(fc.tuple(fc.nat(12), fc.nat(255), back, octets), ([type, flags, n, bytes], idOf) =>
    frame(type, flags, idOf(n), bytes),
  ),
  make(fc.tuple(fc.nat(12), fc.nat(255), octets), ([type, flags, bytes]) => frame(type, flags, 0, bytes)),
  make(fc.tuple(fc.nat(9), fc.nat()), ([id, value]) => settings([id, value])),
  make(octets, (bytes) => Buffer.from(bytes)),
);

/** Something that happens on a connection, or within it: `act` is what its user does. */
export type Step<Act> =
  | { readonly kind: 'frames'; readonly frames: readonly MakeFrame[] }
  | { readonly kind: 'act'; readonly act: Act; readonly which: number }
  | { readonly kind: 'fill' | 'empty' | 'turn' }
  | { readonly kind: 'wait'; readonly ms: number };

export function steps<Act>(
  frames: fc.Arbitrary<MakeFrame>,
  acts: fc.Arbitrary<Act>,
): fc.Arbitrary<Array<Step<Act>>> {
  const step: fc.Arbitrary<Step<Act>> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .array(frames, { minLength: 1, maxLength: 6, size: 'max' })
        .map((some) => ({ kind: 'frames', frames: some }) as const),
    },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('act' as const), act: acts, which: fc.nat(9) }) },
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
  return fc.array(step, { minLength: 5, maxLength: 40, size: 'max' });
}

/** A connection under test, as the steps know it. */
export interface Played {
  readonly socket: MemorySocket;
  readonly clock: ManualClock;
  send(...frames: readonly Uint8Array[]): void;
  frames(): Promise<H2Frame[]>;
}

/** @param toOctets numbers the streams of a frame */
export async function play<Act>(
  on: Played,
  some: ReadonlyArray<Step<Act>>,
  user: { toOctets(toFrame: MakeFrame): Buffer; act(act: Act, which: number): void },
): Promise<void> {
  for (const one of some) {
    if (one.kind === 'frames') on.send(...one.frames.map((toFrame) => user.toOctets(toFrame)));
    else if (one.kind === 'act') user.act(one.act, one.which);
    else if (one.kind === 'wait') on.clock.advance(one.ms);
    else if (one.kind === 'fill') on.socket.fill();
    else if (one.kind === 'empty') on.socket.empty();
    else await on.frames();
  }
  await on.frames();
}

/** The octets in pieces that end at `cuts`, counted round. */
export function inPieces(all: Buffer, cuts: readonly number[]): Buffer[] {
  const ends = [...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b), all.length];
  return ends.map((end, i) => all.subarray(ends[i - 1] ?? 0, end));
}
