// CPU time of the HTTP/1.1 codec alone, without sockets: `node bench/micro/http1-parse.ts`. One line of JSON for each
// case; the best of several rounds, because the first ones warm up.
import { Duplex } from 'node:stream';
import type { ResponseHead, ServerStream, ServerStreamHandler } from '../../src/protocol/http/stream.ts';
import { Http1ClientConnection } from '../../src/protocol/http1/client-connection.ts';
import { createHttp1ClientSettings } from '../../src/protocol/http1/client-settings.ts';
import { HeadScanner } from '../../src/protocol/http1/head-scanner.ts';
import { RequestReader } from '../../src/protocol/http1/request-reader.ts';
import { Http1ServerConnection } from '../../src/protocol/http1/server-connection.ts';
import { createHttp1ServerSettings } from '../../src/protocol/http1/server-settings.ts';

const rounds = 7;
const runsPerRound = 100_000;

/** What a browser-like client sends, and what a backend answers. */
const requestBytes = Buffer.from(
  [
    'GET /v1/shelves/12/books?page_size=20&key=AIzaSyExampleExampleExample HTTP/1.1',
    'Host: bookstore.endpoints.example.cloud.goog',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36',
    'Accept: application/json',
    'Accept-Encoding: gzip, deflate, br',
    `Authorization: Bearer ${'e'.repeat(300)}`,
    'X-Request-Id: 6f0f7a9e-5b6e-4c0f-8f2e-0c9a2c1d3b4a',
    'X-Forwarded-For: 203.0.113.7',
    'Connection: keep-alive',
    '',
    '',
  ].join('\r\n'),
);
const content = Buffer.from('{"shelves":[{"id":"12","theme":"Computing"},{"id":"13","theme":"Gardening"}]}');
const responseBytes = Buffer.concat([
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: private\r\nDate: Fri, 20 Nov 2026 10:00:00 GMT\r\nContent-Length: ${content.length}\r\n\r\n`,
  ),
  content,
]);

const info = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 2,
  tls: undefined,
};
const settings = createHttp1ServerSettings();

function nowhere(): Duplex {
  return new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
}

const silent: ServerStreamHandler = {
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onAbort: () => undefined,
  onComplete: () => undefined,
};

/** The same head with another request id each: nothing repeats. */
const changingHeads = Array.from({ length: 16 }, (_, i) =>
  Buffer.from(requestBytes.toString('latin1').replace('6f0f7a9e', `6f0f7a${10 + i}`), 'latin1'),
);
let nextHead = 0;
const scanner = new HeadScanner(settings.headLimits);
const reader = new RequestReader(settings, 'http');
const responseHead: ResponseHead = {
  status: 200,
  headers: ['content-type', 'application/json', 'cache-control', 'private', 'server', 'envoy'],
  bodyLength: content.length,
};

const server = new Http1ServerConnection(
  nowhere(),
  { info, settings },
  {
    onRequest(stream: ServerStream) {
      stream.handler = silent;
      stream.sendHead(responseHead, false);
      stream.sendData(content);
      stream.sendEnd();
    },
    onRejection: ({ problem }) => {
      throw new Error(problem);
    },
    onClose: () => undefined,
  },
);

const upstream = new Http1ClientConnection(nowhere(), createHttp1ClientSettings(), {
  onIdle: () => undefined,
  onClose: () => {
    throw new Error('closed');
  },
});
scanner.reset('request', settings.headLimits);
scanner.push(requestBytes, 0);
const typical = reader.read(scanner);
if (typical === undefined) throw new Error(reader.problem);
const clientHandler = {
  onInformational: () => undefined,
  onHead: () => undefined,
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onError: () => undefined,
};

const cases: readonly [name: string, run: () => void][] = [
  [
    'scan and read a request head whose fields repeat',
    () => {
      scanner.reset('request', settings.headLimits);
      scanner.push(requestBytes, 0);
      reader.read(scanner);
    },
  ],
  [
    'scan and read a request head',
    () => {
      scanner.reset('request', settings.headLimits);
      scanner.push(changingHeads[nextHead++ % changingHeads.length] as Buffer, 0);
      reader.read(scanner);
    },
  ],
  ['serve a request: parse, answer with a body', () => server.receive(requestBytes)],
  [
    'make a request: write, parse the response',
    () => {
      upstream.request(typical, clientHandler, true);
      upstream.receive(responseBytes);
    },
  ],
];

for (const [name, run] of cases) {
  let bestMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    const startedMs = cpuMs();
    for (let i = 0; i < runsPerRound; i++) {
      run();
      // Lets the codec's end-of-turn callbacks go.
      if (i % 64 === 63) await new Promise<void>(process.nextTick);
    }
    bestMs = Math.min(bestMs, cpuMs() - startedMs);
  }
  const microsPerRun = Math.round((bestMs / runsPerRound) * 1e5) / 100;
  console.log(JSON.stringify({ case: name, microsPerRun, headBytes: requestBytes.length }));
}

/** CPU time of this process: others may use the machine meanwhile. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
