import type { RawPeer } from '../../helpers/raw-http.ts';
import type { Gate, LoggedAnswer } from './gate.ts';

/** One bad input, and what comes of it. The tables of these are also the source of docs/reference/hostile-input.md. */
export interface HostileCase<Sent> {
  /** Its number in the checklist of bad inputs. */
  readonly item: number;
  /** What is bad about it. */
  readonly name: string;
  readonly sent: Sent;
  readonly expect: Outcome;
  /** The generation that answers so, where the two differ. */
  readonly only?: 'ESP v1';
  /** Looks at what else must be so. */
  readonly verify?: (gate: Gate, logged: LoggedAnswer | undefined) => void;
}

/** What the client, the access log and the backend see. */
export interface Outcome {
  /** The HTTP status; 0: none, the connection or the stream just ends. */
  readonly status: number;
  /** Response code details in the access log; undefined: no line is written. */
  readonly details: string | undefined;
  /**
   * It depends on how the octets are cut into reads whether the request is announced before it breaks: then there is a
   * line, and whole requests before it have reached the backend.
   */
  readonly isRaced?: true;
  /** Envoy's response flags; undefined: not looked at, since nginx and ESP v1 know none. */
  readonly flags: string | undefined;
  /**
   * What the backend gets, whole requests without the fields that the gateway adds to every one; of a request that
   * breaks while it is passed on, what came of it. The default is nothing.
   */
  readonly reaches?: readonly string[];
  /** The last of them is cut off, and its connection is broken rather than ended. */
  readonly isCutOff?: true;
  /** How the client's connection ends, or that it serves the next request. */
  readonly connection: 'closes' | 'stays';
  /** Also in the head of the answer. */
  readonly answerHas?: string;
  /** The answer breaks off in its body. */
  readonly isTruncated?: true;
  /** HTTP/2: the error code of RST_STREAM or GOAWAY, such as `RST_STREAM PROTOCOL_ERROR`. */
  readonly frame?: string;
}

/** Bytes of HTTP/1, latin1, or a conversation. */
export type SentHttp1 = string | ((peer: RawPeer, gate: Gate) => Promise<void>);
export type Http1Case = HostileCase<SentHttp1>;

/** Cases of one item. */
export function table(
  item: number,
  rows: ReadonlyArray<
    readonly [name: string, sent: SentHttp1, expect: Outcome, verify?: NonNullable<Http1Case['verify']>]
  >,
): Http1Case[] {
  return rows.map(([name, sent, expect, verify]) => ({
    item,
    name,
    sent,
    expect,
    ...(verify !== undefined && { verify }),
  }));
}

/** The codec or a stage refuses, and the connection cannot be trusted any more. */
export function refused(status: number, details: string, flags = 'DPE'): Outcome {
  return { status, details, flags, connection: 'closes' };
}

/** The gateway answers by itself; the connection goes on. */
export function answered(status: number, details: string, flags = '-'): Outcome {
  return { status, details, flags, connection: 'stays' };
}

/** The request is passed on, as these bytes. */
export function passed(...reaches: readonly string[]): Outcome {
  return { status: 200, details: 'via_upstream', flags: '-', reaches, connection: 'stays' };
}

/** The outcome in a few words, for people. */
export function describeOutcome(outcome: Outcome): string {
  const { status, details, frame, connection, reaches } = outcome;
  const words = [];
  if (status !== 0) words.push(String(status));
  if (frame !== undefined) words.push(frame);
  if (details === 'via_upstream') words.push('from the backend');
  else if (details !== undefined && details !== '') words.push(`\`${details}\``);
  if (outcome.isTruncated === true) words.push('breaks off');
  if (connection === 'closes') words.push('the connection closes');
  if (outcome.isCutOff === true) words.push('what had reached the backend is cut off');
  else if (reaches !== undefined && details !== 'via_upstream') words.push('after it reached the backend');
  return words.join(', ');
}
