import fc from 'fast-check';
import type { ParsedConnection, ParsedH2Request } from './http2-parsers.ts';
import { NodeH2Parser, parseWithOurs } from './http2-parsers.ts';
import { connectionStreams } from './http2-streams.ts';
import type { FuzzOptions, FuzzSummary } from './target.ts';

const batchRuns = 200;
const progressMs = 10_000;

/**
 * Connections through our server codec and through that of node:http2. Where ours takes a request, node takes it too and
 * reads the same in it; ours reads the same however the octets are cut, and leaves neither streams nor timers behind.
 */
export async function fuzzHttp2({ runs, seed, onProgress }: FuzzOptions): Promise<FuzzSummary> {
  const checker = new Http2Checker();
  const property = fc.asyncProperty(connectionStreams(), fc.nat(), (text, cut) => checker.check(text, cut));
  let lastMs = performance.now();
  for (let done = 0; done < runs; done += batchRuns) {
    const numRuns = Math.min(batchRuns, runs - done);
    await fc.assert(property, { numRuns, seed: seed + done, includeErrorInReport: true });
    if (performance.now() - lastMs < progressMs) continue;
    lastMs = performance.now();
    onProgress(checker.summary);
  }
  return checker.summary;
}

/** Compares the two codecs, input by input, and counts. */
export class Http2Checker {
  readonly #node = new NodeH2Parser();
  readonly #outcomes: Record<string, number> = {};
  #inputs = 0;

  get summary(): FuzzSummary {
    return { inputs: this.#inputs, outcomes: { ...this.#outcomes } };
  }

  /**
   * @param cut decides where the octets are cut for the second look
   * @throws Error that shows the input and the disagreement
   */
  async check(text: string, cut: number): Promise<void> {
    const bytes = Buffer.from(text, 'latin1');
    const ours = await parseWithOurs([bytes]);
    const node = await this.#node.parse(bytes);
    const complaint =
      findDisagreement({ ours, node, input: text }) ?? (await findCutDifference(bytes, cut, ours));
    this.#count(ours, node);
    if (complaint !== undefined)
      throw new Error(
        `${complaint}\ninput ${JSON.stringify(text)}\nours ${JSON.stringify(ours)}\nnode ${JSON.stringify(node)}`,
      );
  }

  #count(ours: ParsedConnection, node: ParsedConnection): void {
    this.#inputs++;
    const whole = ours.requests.filter((request) => request.isWhole).length;
    this.#add(`${whole} whole`);
    if (ours.problem !== undefined) this.#add(ours.problem);
    // How much stricter ours is.
    if (ours.problem !== undefined && node.problem === undefined) this.#add('ended by ours alone');
    if (node.requests.length > ours.requests.length) this.#add('requests refused by ours alone');
  }

  #add(outcome: string): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
  }
}

/** Ours cut at one place, and octet by octet, must read the same. */
async function findCutDifference(
  bytes: Buffer,
  cut: number,
  whole: ParsedConnection,
): Promise<string | undefined> {
  const at = cut % (bytes.length + 1);
  const expected = show(whole);
  const inTwo = show(await parseWithOurs([bytes.subarray(0, at), bytes.subarray(at)]));
  if (inTwo !== expected) return `cut at ${at} it reads ${inTwo}`;
  if (cut % 8 !== 0) return undefined;
  const inOctets = show(await parseWithOurs(Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))));
  return inOctets === expected ? undefined : `octet by octet it reads ${inOctets}`;
}

/** The key that ours makes up for a WebSocket differs each time. */
function show(parsed: ParsedConnection): string {
  return JSON.stringify(parsed).replaceAll(/("sec-websocket-key",)"[^"]*"/g, '$1""');
}

/** Headers of PING and GOAWAY (RFC 9113 §6.7, §6.8). */
// oxlint-disable-next-line no-control-regex -- octets of a frame header
const pingOrGoAway = /\0[^]{2}[\x06\x07][^]\0\0\0\0/;

/** Where ours may take what node refuses, and why. */
const exceptions: readonly {
  readonly why: string;
  applies(mine: ParsedH2Request, theirs: ParsedH2Request | undefined, both: Both): boolean;
}[] = [
  {
    why: 'stream errors: ours resets the stream, as RFC 9113 §5.4.2 asks for, nghttp2 ends the connection for most of them',
    applies: (_mine, theirs, { ours, node }) =>
      theirs === undefined && node.problem !== undefined && ours.refused > 0,
  },
  {
    why: 'answers to pings that were not sent, streams after GOAWAY with an error: node:http2 ends the connection, RFC 9113 \
§6.7, §6.8 have no rule; ours counts them',
    applies: (_mine, theirs, { node, input }) =>
      theirs === undefined && node.problem !== undefined && pingOrGoAway.test(input),
  },
];

interface Both {
  readonly ours: ParsedConnection;
  readonly node: ParsedConnection;
  /** The octets, latin1. */
  readonly input: string;
}

/** What ours took and node did not, or read otherwise. */
export function findDisagreement(both: Both): string | undefined {
  const { ours, node } = both;
  for (const mine of ours.requests) {
    const theirs = node.requests.find(({ id }) => id === mine.id);
    if (exceptions.some((exception) => exception.applies(mine, theirs, both))) continue;
    if (theirs === undefined) return `request ${mine.id} is taken, but refused by node`;
    const complaint = compareHeads(mine, theirs) ?? compareBodies(mine, theirs, node);
    if (complaint !== undefined) return `request ${mine.id}: ${complaint}`;
  }
  if (ours.problem === undefined && ours.refused === 0 && node.requests.length > ours.requests.length)
    return 'node saw a request that ours swallowed';
  return undefined;
}

function compareHeads(mine: ParsedH2Request, theirs: ParsedH2Request): string | undefined {
  for (const part of ['method', 'target', 'authority', 'protocol'] as const)
    if (mine[part] !== theirs[part]) return part;
  const key = mine.headers.length > theirs.headers.length ? mine.headers.slice(-2) : [];
  const expected = [...theirs.headers, ...(key[0] === 'sec-websocket-key' ? key : [])].join('\n');
  return mine.headers.join('\n') === expected ? undefined : `headers, expected ${expected}`;
}

function compareBodies(
  mine: ParsedH2Request,
  theirs: ParsedH2Request,
  node: ParsedConnection,
): string | undefined {
  // A tunnel is not read before it is accepted.
  if (mine.protocol !== undefined) return undefined;
  // What node has not handed on when it gives up is lost; a DATA frame of which a part is missing is not to ours.
  const isCutShort = node.problem !== undefined || theirs.isReset || mine.isReset;
  const isPrefix = theirs.body.startsWith(mine.body) || mine.body.startsWith(theirs.body);
  const maySeePart = isCutShort || !mine.isWhole;
  if (maySeePart ? !isPrefix : mine.body !== theirs.body) return 'body';
  if (!mine.isWhole) return undefined;
  if (!theirs.isWhole) return isCutShort ? undefined : 'body is whole, but not to node';
  const theirTrailers = theirs.trailers.join('\n');
  for (let i = 0; i < mine.trailers.length; i += 2)
    if (!theirTrailers.includes(`${mine.trailers[i]}\n${mine.trailers[i + 1]}`)) return 'trailers';
  return undefined;
}
