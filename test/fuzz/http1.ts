import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import type { ParsedRequest, ParsedStream } from './http1-parsers.ts';
import { NodeParser, parseWithOurs } from './http1-parsers.ts';
import { requestStreams } from './http1-streams.ts';
import type { FuzzOptions, FuzzSummary } from './target.ts';

const batchRuns = 500;
const progressMs = 10_000;

/** Inputs that are kept: each once parsed differently, or was made for a known attack. One JSON string a line. */
export function readHttp1Corpus(): string[] {
  const lines = readFileSync(new URL('corpus/http1.jsonl', import.meta.url), 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => String(JSON.parse(line)));
}

/**
 * Streams of requests through our server codec and through that of node:http. Where ours takes a request, node takes
 * it too and reads the same in it; and ours reads the same however the bytes are cut into pieces.
 */
export async function fuzzHttp1({ runs, seed, onProgress }: FuzzOptions): Promise<FuzzSummary> {
  const checker = new Http1Checker();
  const corpus = readHttp1Corpus();
  for (const text of corpus) checker.check(text, 0);
  const property = fc.property(requestStreams(corpus), fc.nat(), (text, cut) => checker.check(text, cut));
  let lastMs = performance.now();
  for (let done = 0; done < runs; done += batchRuns) {
    const numRuns = Math.min(batchRuns, runs - done);
    fc.assert(property, { numRuns, seed: seed + done, includeErrorInReport: true });
    // The codecs leave callbacks behind for the end of the turn.
    await new Promise(setImmediate);
    if (performance.now() - lastMs < progressMs) continue;
    lastMs = performance.now();
    onProgress(checker.summary);
  }
  return checker.summary;
}

/** Compares the two parsers, input by input, and counts. */
export class Http1Checker {
  readonly #node = new NodeParser();
  readonly #outcomes: Record<string, number> = {};
  #inputs = 0;

  get summary(): FuzzSummary {
    return { inputs: this.#inputs, outcomes: { ...this.#outcomes } };
  }

  /**
   * @param cut decides where the bytes are cut for the second look
   * @throws Error that shows the input and the disagreement
   */
  check(text: string, cut: number): void {
    const bytes = Buffer.from(text, 'latin1');
    const ours = parseWithOurs([bytes]);
    const node = this.#node.parse(bytes);
    const complaint = findDisagreement(ours, node) ?? findCutDifference(bytes, cut, ours);
    this.#count(ours, node);
    if (complaint !== undefined)
      throw new Error(
        `${complaint}\ninput ${JSON.stringify(text)}\nours ${JSON.stringify(ours)}\nnode ${JSON.stringify(node)}`,
      );
  }

  #count(ours: ParsedStream, node: ParsedStream): void {
    this.#inputs++;
    const whole = ours.requests.filter((request) => request.isWhole).length;
    this.#add(`${whole} whole`);
    if (ours.problem !== undefined) this.#add(ours.problem);
    // How much stricter ours is.
    if (ours.problem !== undefined && node.problem === undefined) this.#add('refused by ours alone');
  }

  #add(outcome: string): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
  }
}

/** Ours cut at one place, and byte by byte, must read the same. */
function findCutDifference(bytes: Buffer, cut: number, whole: ParsedStream): string | undefined {
  const at = cut % (bytes.length + 1);
  const expected = JSON.stringify(whole);
  const inTwo = JSON.stringify(parseWithOurs([bytes.subarray(0, at), bytes.subarray(at)]));
  if (inTwo !== expected) return `cut at ${at} it reads ${inTwo}`;
  if (cut % 8 !== 0) return undefined;
  const octets = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
  const inOctets = JSON.stringify(parseWithOurs(octets));
  return inOctets === expected ? undefined : `byte by byte it reads ${inOctets}`;
}

/** Where ours may take what node refuses, and why. */
const exceptions: readonly {
  readonly why: string;
  applies(mine: ParsedRequest, theirs: ParsedRequest | undefined, node: ParsedStream): boolean;
}[] = [
  {
    why: 'framing fields in trailers: ours drops them (RFC 9110 §6.5.1), llhttp applies its rules for heads to them',
    applies: (mine, theirs, { problem = '' }) =>
      mine.isWhole &&
      theirs?.isWhole === false &&
      mine.body === theirs.body &&
      /^HPE_(INVALID|UNEXPECTED)_(CONTENT_LENGTH|TRANSFER_ENCODING)$/.test(problem),
  },
  {
    why: 'Connection in trailers: ours drops it, for llhttp the connection is over with `close` in it',
    applies: (_mine, theirs, { requests, problem }) =>
      theirs === undefined &&
      problem === 'HPE_CLOSED_CONNECTION' &&
      requests.at(-1)?.trailers.some((name) => name.endsWith('connection')) === true,
  },
  {
    why: 'requests after an upgrade that is not taken: ours goes on with HTTP/1.1 (RFC 9110 §7.8), node loses the bytes',
    applies: (_mine, theirs, { requests, problem }) => {
      const last = requests.at(-1);
      const asks = last?.headers.includes('upgrade') === true || last?.trailers.includes('upgrade') === true;
      return theirs?.isWhole !== true && problem === undefined && asks;
    },
  },
];

/** What ours took and node did not, or read otherwise. */
export function findDisagreement(ours: ParsedStream, node: ParsedStream): string | undefined {
  for (const [i, mine] of ours.requests.entries()) {
    const theirs = node.requests[i];
    if (exceptions.some((exception) => exception.applies(mine, theirs, node))) return undefined;
    if (theirs === undefined) return `request ${i} is taken, but refused by node`;
    const complaint = compareHeads(mine, theirs) ?? compareBodies(mine, theirs);
    if (complaint !== undefined) return `request ${i}: ${complaint}`;
  }
  const isWaiting = ours.problem === undefined && !ours.isClosed;
  if (isWaiting && node.requests.length > ours.requests.length)
    return 'node saw a request that ours swallowed';
  return undefined;
}

function compareHeads(mine: ParsedRequest, theirs: ParsedRequest): string | undefined {
  const url = /^(?:https?:\/\/)([^/?#]*)(.*)$/i.exec(theirs.target);
  const rest = url?.[2] ?? '';
  const empty = theirs.method === 'OPTIONS' ? '*' : '/';
  const path = rest === '' ? empty : rest.replace(/^(?!\/)/, '/');
  if (mine.method !== theirs.method) return 'method';
  if (mine.version !== theirs.version) return 'version';
  if (mine.target !== (url === null ? theirs.target : path)) return 'target';
  if (mine.authority !== (url?.[1] ?? theirs.authority)) return 'authority';
  const expected = endToEnd(theirs.headers).join('\n');
  return mine.headers.join('\n') === expected ? undefined : `headers, expected ${expected}`;
}

function compareBodies(mine: ParsedRequest, theirs: ParsedRequest): string | undefined {
  if (!mine.isWhole) {
    const isPrefix = theirs.body.startsWith(mine.body) || mine.body.startsWith(theirs.body);
    return isPrefix ? undefined : 'body so far';
  }
  if (!theirs.isWhole) return 'body is whole, but not to node';
  if (mine.body !== theirs.body) return 'body';
  const theirTrailers = theirs.trailers.join('\n');
  for (let i = 0; i < mine.trailers.length; i += 2)
    if (!theirTrailers.includes(`${mine.trailers[i]}\n${mine.trailers[i + 1]}`)) return 'trailers';
  return undefined;
}

const consumed = new Set(
  'host content-length transfer-encoding connection keep-alive proxy-connection upgrade expect te'.split(' '),
);

/** The fields that go on, worked out from the whole list (RFC 9110 §7.6.1); `te: trailers` last, as ours has it. */
function endToEnd(headers: readonly string[]): string[] {
  const values = (name: string): string[] =>
    headers
      .flatMap((value, i) => (i % 2 === 1 && headers[i - 1] === name ? value.split(',') : []))
      .map((value) => value.trim().toLowerCase());
  const nominated = new Set(values('connection'));
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [headers[i] as string, headers[i + 1] as string];
    if (!consumed.has(name) && !nominated.has(name)) kept.push(name, value);
  }
  if (values('te').includes('trailers')) kept.push('te', 'trailers');
  return kept;
}
