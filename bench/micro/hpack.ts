// CPU time of the HPACK codec alone: `node bench/micro/hpack.ts`. One line of JSON for each case; the best of several
// rounds, because the first ones warm up.
import { HpackDecoder, HpackResult } from '../../src/protocol/hpack/hpack-decoder.ts';
import { HpackEncoder } from '../../src/protocol/hpack/hpack-encoder.ts';
import { NodeH2Client } from '../../test/helpers/node-h2-client.ts';
import { hpackString } from '../../test/helpers/raw-h2.ts';

const rounds = 7;
const runsPerRound = 200_000;
const tableBytes = 4096;
const limits = { maxBytes: 60 * 1024, maxFields: 100 };

/** Index of the newest entry of the dynamic table (RFC 7541 §2.3.3). */
const dynamicIndex = 62;

const pairs: readonly (readonly [name: string, value: string])[] = [
  [':method', 'GET'],
  [':path', '/v1/shelves/12/books?page_size=20&key=AIzaSyExampleExampleExample'],
  [':scheme', 'https'],
  [':authority', 'bookstore.endpoints.example.cloud.goog'],
  ['user-agent', 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0'],
  ['accept', 'application/json'],
  ['accept-encoding', 'gzip, deflate, br'],
  ['x-client-version', '4.10.2'],
  ['x-request-id', '6f0f7a9e-5b6e-4c0f-8f2e-0c9a2c1d3b4a'],
];
const fields = pairs.flat();
const token = `Bearer ${'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ'.repeat(9)}`;

/** What a node:http2 client writes: Huffman code, `:path` and `authorization` as literals every time. */
const client = await NodeH2Client.connect();
const first = await client.encode(fields);
const repeated = await client.encode(fields);
const repeatedWithToken = await client.encode([...fields, 'authorization', token]);

await client.close();

/** A client that puts every field in the table: each one as a literal with a new name, then all by their indices. */
const asLiterals = Buffer.concat(
  pairs.map(([name, value]) => Buffer.concat([Buffer.of(0x40), hpackString(name), hpackString(value)])),
);
const asIndices = Buffer.from(pairs.map((_, i) => 0x80 + dynamicIndex + i));

const indexing = warm(asLiterals);
const nodeLike = warm(first, repeated);
const nodeLikeWithToken = warm(first, repeatedWithToken);
const encoder = new HpackEncoder();
const response = [
  'content-type',
  'application/json',
  'content-length',
  '78',
  'date',
  new Date(0).toUTCString(),
];
response.push('server', 'envoy', 'x-envoy-upstream-service-time', '12');
const into = Buffer.alloc(4096);

const cases: readonly [name: string, octets: number, run: () => void][] = [
  ['repeated request, all indexed', asIndices.length, () => decode(indexing, asIndices)],
  ['repeated request of node:http2', repeated.length, () => decode(nodeLike, repeated)],
  [
    'with a token of 300 octets',
    repeatedWithToken.length,
    () => decode(nodeLikeWithToken, repeatedWithToken),
  ],
  ['first request of node:http2', first.length, () => decode(new HpackDecoder(tableBytes), first)],
  [
    'first request, no Huffman code',
    asLiterals.length,
    () => decode(new HpackDecoder(tableBytes), asLiterals),
  ],
  ['encode a response', encode(), encode],
];

for (const [name, octets, run] of cases) {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const startedMs = cpuMs();
    for (let i = 0; i < runsPerRound; i++) run();
    bestMs = Math.min(bestMs, cpuMs() - startedMs);
  }
  console.log(JSON.stringify({ case: name, nanosPerRun: Math.round((bestMs / runsPerRound) * 1e6), octets }));
}

/** A decoder that has read these blocks. */
function warm(...blocks: readonly Buffer[]): HpackDecoder {
  const decoder = new HpackDecoder(tableBytes);
  for (const block of blocks) decode(decoder, block);
  return decoder;
}

function decode(decoder: HpackDecoder, block: Buffer): void {
  const result = decoder.decode(block, 0, block.length, limits);
  if (result !== HpackResult.OK) throw new Error(`result ${result}`);
}

function encode(): number {
  let at = encoder.encodeStatus(200, into, 0);
  for (let i = 0; i < response.length; i += 2)
    at = encoder.encodeField(response[i] as string, response[i + 1] as string, into, at);
  return at;
}

/** CPU time of this process: others may use the machine meanwhile. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
