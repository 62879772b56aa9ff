import { listenRaw, type RawPeer } from '../../helpers/raw-http.ts';

/** What the backend answers to a whole request; undefined: nothing. */
export type Answerer = (request: string, peer: RawPeer) => string | undefined;

/** A backend that keeps every byte it gets, and answers whole requests. Text is latin1: one char per byte. */
export interface RecordingBackend {
  readonly port: number;
  /** Whole requests since the last {@link forget}, in order of their ends. */
  readonly requests: readonly string[];
  /** What came since then of requests that are not whole, by connection. */
  readonly unfinished: readonly string[];
  /** Connections that ended within a request since then. */
  readonly aborted: number;
  /** {@link answerOk} until a test says otherwise; `forget` brings it back. */
  answer: Answerer;
  forget(): void;
  close(): Promise<void>;
}

const okHeadAnswer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n';

/** Says `ok`, without the body to HEAD. */
export const answerOk: Answerer = (request) =>
  request.startsWith('HEAD ') ? okHeadAnswer : `${okHeadAnswer}ok`;

/** Starts one on a free port of this machine. */
export async function startRecordingBackend(): Promise<RecordingBackend> {
  let requests: string[] = [];
  let aborted = 0;
  const pendings = new Map<RawPeer, string>();
  const server = await listenRaw((peer) => {
    pendings.set(peer, '');
    peer.socket.on('data', (chunk: Buffer) => {
      let pending = (pendings.get(peer) ?? '') + chunk.toString('latin1');
      for (let end = endOfRequest(pending); end > 0; end = endOfRequest(pending)) {
        const request = pending.slice(0, end);
        pending = pending.slice(end);
        requests.push(request);
        const answer = backend.answer(request, peer);
        if (answer !== undefined) peer.send(answer);
      }
      pendings.set(peer, pending);
    });
    peer.socket.on('end', () => peer.end());
    peer.socket.on('close', () => {
      if (pendings.get(peer) !== '') aborted++;
    });
  });
  const backend: RecordingBackend = {
    port: server.port,
    answer: answerOk,
    get requests() {
      return requests;
    },
    get unfinished() {
      return [...pendings.values()].filter((pending) => pending !== '');
    },
    get aborted() {
      return aborted;
    },
    forget() {
      requests = [];
      aborted = 0;
      for (const peer of [...pendings.keys()].filter((one) => one.isClosed)) pendings.delete(peer);
      backend.answer = answerOk;
    },
    close: () => server.close(),
  };
  return backend;
}

/** Where the first request ends; 0 while it is not whole. Only the gateway's own way of framing is understood. */
function endOfRequest(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n') + 4;
  if (headEnd < 4) return 0;
  const head = text.slice(0, headEnd);
  const length = Number(/\r\ncontent-length: (\d+)\r\n/.exec(head)?.[1] ?? 0);
  if (!head.includes('\r\ntransfer-encoding: chunked\r\n'))
    return text.length >= headEnd + length ? headEnd + length : 0;
  const lastChunk = text.indexOf('\r\n0\r\n', headEnd - 2);
  const end = lastChunk < 0 ? -1 : text.indexOf('\r\n\r\n', lastChunk);
  return end < 0 ? 0 : end + 4;
}
