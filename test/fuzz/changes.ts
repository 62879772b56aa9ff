import fc from 'fast-check';

/** Mostly the first, now and then the second. */
export function mostly<T>(ordinary: readonly T[], odd: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...ordinary) },
    { weight: 1, arbitrary: fc.constantFrom(...odd) },
  );
}

interface Change {
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}

/**
 * Streams of octets (latin1), about half of them changed in a few places.
 *
 * @param glue what is often put in
 */
export function changed(stream: fc.Arbitrary<string>, glue: readonly string[]): fc.Arbitrary<string> {
  const change: fc.Arbitrary<Change> = fc.record({
    // Without bias: fast-check would mostly change the first byte.
    at: fc.noBias(fc.nat(1_000_000)),
    removed: fc.constantFrom(0, 0, 1, 1, 2, 8),
    inserted: fc.oneof(
      fc.constant(''),
      fc.constantFrom(...glue),
      fc.integer({ min: 0, max: 255 }).map((octet) => String.fromCharCode(octet)),
    ),
  });
  const changes = fc.oneof(
    { weight: 5, arbitrary: fc.constant<Change[]>([]) },
    { weight: 4, arbitrary: fc.tuple(change) },
    { weight: 1, arbitrary: fc.array(change, { minLength: 2, maxLength: 5 }) },
  );
  return fc.tuple(stream, changes).map(([text, list]) => list.reduce(applyChange, text));
}

function applyChange(text: string, { at, removed, inserted }: Change): string {
  const position = at % (text.length + 1);
  return text.slice(0, position) + inserted + text.slice(position + removed);
}
