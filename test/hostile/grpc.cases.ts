import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type HostileCase, type Outcome, passed } from './harness/hostile-case.ts';

/** One unary call: what the client sends besides the usual fields, and how the backend answers once it has it all. */
export interface SentGrpc {
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Default: an empty message and status 0. */
  readonly answer?: (stream: ServerHttp2Stream) => void;
  /** The client gives up as soon as the backend has its message. */
  readonly cancels?: true;
}

export interface GrpcCase extends HostileCase<SentGrpc> {
  /** What the client gets: head, body in hex, trailers; or the code of a reset. */
  readonly gets: GrpcAnswer;
}

export interface GrpcAnswer {
  readonly head?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly trailers?: Readonly<Record<string, string>>;
  readonly reset?: number;
}

/** A message of five octets. */
export const helloMessage: Buffer = Buffer.from('\0\0\0\0\x05hello', 'latin1');
const emptyMessage = Buffer.alloc(5);

const grpcHead = { 'content-type': 'application/grpc' };
const statusOk = { 'grpc-status': '0' };
const usual: GrpcAnswer = { head: grpcHead, body: emptyMessage.toString('hex'), trailers: statusOk };

/** The usual answer. */
export function answerGrpcOk(stream: ServerHttp2Stream): void {
  endWith(stream, emptyMessage, statusOk);
}

function endWith(stream: ServerHttp2Stream, body: Buffer, trailers: Record<string, string | string[]>): void {
  stream.respond(grpcHead, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(body);
}

type Row = readonly [name: string, sent: SentGrpc, gets?: GrpcAnswer, expect?: Outcome];

function table(item: number, rows: readonly Row[]): GrpcCase[] {
  return rows.map(([name, sent, gets = usual, expect = passed()]) => ({ item, name, sent, gets, expect }));
}

const aborted = (details: string, flags: string): Outcome => ({
  status: 200,
  details,
  flags,
  connection: 'stays',
});

/** gRPC that is passed through, items 39 to 44. Transcoding and gRPC-Web read frames and have cases of their own. */
export const grpcCases: readonly GrpcCase[] = [
  ...table(39, [
    ['a frame that says it is 4 GB long', { body: Buffer.from('\0\xff\xff\xff\xffhello', 'latin1') }],
    ['a compressed frame without grpc-encoding', { body: Buffer.from('\x01\0\0\0\x05hello', 'latin1') }],
    ['half of a frame', { body: helloMessage.subarray(0, 7) }],
  ]),
  ...table(
    40,
    ['99999999H', '-1S', 'junk'].map((value) => [
      `grpc-timeout: ${value}`,
      { fields: { 'grpc-timeout': value } },
    ]),
  ),
  ...table(41, [['no te: trailers', { fields: { te: '' } }]]),
  ...table(42, [['a -bin field that is no base64', { fields: { 'x-a-bin': '!!!' } }]]),
  ...table(43, [
    [
      'trailers alone from the backend',
      { answer: (stream) => stream.respond({ ...grpcHead, 'grpc-status': '7' }, { endStream: true }) },
      { head: { ...grpcHead, 'grpc-status': '7' }, body: '' },
    ],
    [
      'no status from the backend',
      {
        answer(stream) {
          stream.respond(grpcHead);
          stream.end(emptyMessage);
        },
      },
      { head: grpcHead, body: emptyMessage.toString('hex') },
    ],
    [
      'two statuses from the backend',
      { answer: (stream) => endWith(stream, emptyMessage, { 'grpc-status': ['0', '13'] }) },
      { ...usual, trailers: { 'grpc-status': '0, 13' } },
    ],
    [
      'HTML from the backend',
      {
        answer(stream) {
          stream.respond({ 'content-type': 'text/html' });
          stream.end('<p>');
        },
      },
      { head: { 'content-type': 'text/html' }, body: Buffer.from('<p>').toString('hex') },
    ],
  ]),
  ...table(44, [
    [
      'GOAWAY from the backend while the answer is on its way: the answer is whole',
      {
        answer(stream) {
          stream.session?.goaway(constants.NGHTTP2_NO_ERROR, stream.id);
          answerGrpcOk(stream);
        },
      },
    ],
    [
      'a backend that goes away within the answer',
      {
        answer(stream) {
          stream.respond(grpcHead);
          stream.write(emptyMessage, () => stream.session?.destroy());
        },
      },
      { head: grpcHead, reset: constants.NGHTTP2_INTERNAL_ERROR },
      aborted('upstream_reset_after_response_started{connection_termination}', 'UC'),
    ],
    [
      'a backend that resets within the answer',
      {
        answer(stream) {
          // Without it, node:http2 would mark the answer as whole before it resets it.
          stream._final = (callback) => callback();
          stream.respond(grpcHead);
          stream.write(emptyMessage, () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
        },
      },
      { head: grpcHead, reset: constants.NGHTTP2_INTERNAL_ERROR },
      aborted('upstream_reset_after_response_started{remote_reset}', 'UR'),
    ],
    [
      'a client that cancels: so is the call to the backend',
      { cancels: true },
      { reset: constants.NGHTTP2_CANCEL },
      { ...aborted('downstream_remote_disconnect', 'DC'), status: 0 },
    ],
  ]),
];

/** What reached the backend of a call. */
export interface SeenCall {
  readonly fields: IncomingHttpHeaders;
  readonly body: string;
  /** The code with which it was reset, 0 for none. */
  readonly reset: number;
}
