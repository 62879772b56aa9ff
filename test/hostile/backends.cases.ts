import type { JsonObject } from '@bufbuild/protobuf';
import type { RawPeer } from '../helpers/raw-http.ts';
import type { GateOptions } from './harness/gate.ts';
import type { HostileBackend, HostileBackends } from './harness/hostile-backends.ts';
import type { HostileOperation } from './harness/hostile-service.ts';
import {
  answered,
  type Http1Case,
  type Outcome,
  passed,
  type SentHttp1,
  table,
} from './harness/hostile-case.ts';
import { answerOk } from './harness/recording-backend.ts';

const deadlineSeconds = 0.3;
const connectTimeout = '300ms';

const hostileNames: readonly HostileBackend[] = [
  'refused',
  'blackHoled',
  'silentHandshake',
  'good',
  'expired',
  'wrongName',
  'selfSigned',
  'oldTls',
  'plainText',
  'samePort',
  'otherAlpn',
  'unknownName',
  'silentName',
  'manyAddresses',
];

/** The proxy that items 114 to 120 are sent to. */
export function backendsGate(backends: HostileBackends, recordingPort: number): GateOptions {
  const to = (address: string, pathTranslation = 'APPEND_PATH_TO_ADDRESS'): JsonObject => ({
    address,
    pathTranslation,
  });
  return {
    operations: [
      { row: 'GET /a' },
      { row: 'POST /a' },
      { row: 'GET /deadline', backend: { deadline: deadlineSeconds } },
      { row: 'GET /append/{rest=**}', backend: to(`http://127.0.0.1:${recordingPort}/base`) },
      { row: 'GET /const/{id}', backend: to(`http://127.0.0.1:${recordingPort}/fixed`, 'CONSTANT_ADDRESS') },
      ...hostileNames.map((name): HostileOperation => ({
        row: `GET /${name}`,
        backend: to(backends.addresses[name]),
      })),
    ],
    flags: [
      `--cluster_connect_timeout=${connectTimeout}`,
      `--ssl_backend_client_root_certs_file=${backends.caFile}`,
      `--dns_resolver_addresses=127.0.0.1:${backends.dnsPort}`,
    ],
  };
}

/** ESP v1 sends what is not idempotent once. */
export const backendsGateOfV1: GateOptions = {
  operations: [{ row: 'GET /a' }, { row: 'POST /a' }],
  runtimeVersion: '1',
};

const request = (method: string, target: string): string =>
  `${method} ${target} HTTP/1.1\r\nHost: a.example\r\n\r\n`;
const seen = (method: string, target: string, host = 'a.example'): string =>
  `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n${method === 'POST' ? 'content-length: 0\r\n' : ''}\r\n`;
const gotA = seen('GET', '/a');

/** The backend answers with these bytes, and then does something to the connection. */
function answers(
  bytes: string,
  then: (peer: RawPeer) => void = () => undefined,
  sent = request('GET', '/a'),
): SentHttp1 {
  return async (peer, { backend }) => {
    backend.answer = (heard, connection) => {
      if (heard.includes(' /fence ')) return answerOk(heard, connection);
      connection.socket.write(Buffer.from(bytes, 'latin1'), () => then(connection));
      return undefined;
    };
    peer.send(sent);
    await Promise.resolve();
  };
}

/** The connection that an earlier request has left open ends when this one comes. */
function endsKeptAlive(method: string): SentHttp1 {
  return async (peer, gate) => {
    // Leaves one behind.
    await gate.assertHealthy();
    let isFirst = true;
    gate.backend.answer = (heard, connection) => {
      if (!isFirst) return answerOk(heard, connection);
      isFirst = false;
      connection.socket.resetAndDestroy();
      return undefined;
    };
    peer.send(request(method, '/a'));
  };
}

const reset = (peer: RawPeer): void => void peer.socket.resetAndDestroy();
const end = (peer: RawPeer): void => peer.end();

const before = (words: string): string => `upstream_reset_before_response_started{${words}}`;
const after = (words: string): string => `upstream_reset_after_response_started{${words}}`;

/** No answer came: the kept-alive connection was replaced, and then the request tried again. */
const terminated: Outcome = {
  ...answered(503, before('connection_termination'), 'UC,URX'),
  reaches: [gotA, gotA, gotA],
};
const invalid: Outcome = { ...answered(502, before('protocol_error'), 'UPE,URX'), reaches: [gotA, gotA] };
const brokenOff = (details: string, flags: string): Outcome => ({
  status: 200,
  details,
  flags,
  reaches: [gotA],
  connection: 'closes',
  isTruncated: true,
});
const unreachable = (words: string): Outcome => answered(503, before(words), 'UF,URX');

/** BoringSSL's words, as Envoy logs them. */
const tlsError = (code: string, reason: string): string =>
  `remote_connection_failure|TLS_error:|${code}:SSL_routines:OPENSSL_internal:${reason}:TLS_error_end`;
const untrusted = unreachable(tlsError('268435581', 'CERTIFICATE_VERIFY_FAILED'));

const head = 'HTTP/1.1 200 OK\r\n';

/** Backends and the network, items 114 to 120. */
export const backendCases: readonly Http1Case[] = [
  ...table(114, [
    [
      'a backend that refuses connections',
      request('GET', '/refused'),
      unreachable('remote_connection_failure|delayed_connect_error:_111'),
    ],
    [
      'a backend that takes no connections and refuses none',
      request('GET', '/blackHoled'),
      unreachable('connection_timeout'),
    ],
    ['a reset before the answer', answers('', reset), terminated],
    ['a reset within the head', answers('HTTP/1.1 200 OK\r\ncontent-le', reset), terminated],
    [
      'a reset within the body',
      answers(`${head}content-length: 10\r\n\r\nok`, reset),
      brokenOff(after('connection_termination'), 'UC'),
    ],
    ['a half-closed connection before the answer', answers('', end), terminated],
    [
      'a kept-alive connection that ends when it is used again: GET goes over a fresh one',
      endsKeptAlive('GET'),
      passed(gotA, gotA),
    ],
  ]),
  ...table(115, [
    [
      'no byte until the deadline',
      answers('', undefined, request('GET', '/deadline')),
      { ...answered(504, 'response_timeout', 'UT'), reaches: [seen('GET', '/deadline')] },
    ],
    [
      'a body that goes on past the deadline',
      answers(`${head}content-length: 10\r\n\r\nok`, undefined, request('GET', '/deadline')),
      { ...brokenOff('response_timeout', 'UT'), reaches: [seen('GET', '/deadline')] },
    ],
  ]),
  ...table(116, [
    [
      'more octets than content-length',
      answers(`${head}content-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nforged`),
      passed(gotA),
    ],
    [
      'fewer octets than content-length',
      answers(`${head}content-length: 10\r\n\r\nok`, end),
      brokenOff(after('connection_termination'), 'UC'),
    ],
    [
      'content-length and transfer-encoding',
      answers(`${head}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
      invalid,
    ],
    ['two content-length', answers(`${head}content-length: 2\r\ncontent-length: 2\r\n\r\nok`), invalid],
    ['content-length: +2', answers(`${head}content-length: +2\r\n\r\nok`), invalid],
    [
      'transfer-encoding: gzip, chunked',
      answers(`${head}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`),
      invalid,
    ],
    [
      'a bad chunk',
      answers(`${head}transfer-encoding: chunked\r\n\r\n2\r\nok\r\nzz\r\n`),
      brokenOff(after('protocol_error'), 'UPE'),
    ],
    [
      'a chunked body that just ends',
      answers(`${head}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n`, end),
      brokenOff(after('connection_termination'), 'UC'),
    ],
    [
      '1,000 informational responses',
      answers(
        `${'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(1_000)}${head}content-length: 2\r\n\r\nok`,
      ),
      invalid,
    ],
    [
      '204 with a body',
      answers('HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello'),
      { ...passed(gotA), status: 204 },
    ],
    ['304 with a body', answers('HTTP/1.1 304 Not Modified\r\n\r\nhello'), { ...passed(gotA), status: 304 }],
    [
      '101 that nobody asked for',
      answers('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      invalid,
    ],
    ['the status 20', answers('HTTP/1.1 20 OK\r\n\r\n'), invalid],
    ['HTTP/2 where HTTP/1.1 is spoken', answers('\0\0\0\x04\0\0\0\0\0'), invalid],
    ['a head of 1 MB', answers(`${head}x-a: ${'a'.repeat(1 << 20)}\r\n\r\n`), invalid],
  ]),
  ...table(117, [
    ['an expired certificate', request('GET', '/expired'), untrusted],
    ['a certificate for another name', request('GET', '/wrongName'), untrusted],
    ['a self-signed certificate', request('GET', '/selfSigned'), untrusted],
    [
      'TLS 1.0',
      request('GET', '/oldTls'),
      unreachable(tlsError('167773230', 'TLSV1_ALERT_PROTOCOL_VERSION')),
    ],
    ['no TLS', request('GET', '/plainText'), unreachable(tlsError('167772427', 'WRONG_VERSION_NUMBER'))],
    [
      'an address with https beside one with http on the same port: nothing goes out in clear',
      request('GET', '/samePort'),
      unreachable('connection_timeout'),
    ],
    [
      'no common protocol by ALPN',
      request('GET', '/otherAlpn'),
      unreachable(tlsError('167773280', 'TLSV1_ALERT_NO_APPLICATION_PROTOCOL')),
    ],
    ['a handshake that never comes', request('GET', '/silentHandshake'), unreachable('connection_timeout')],
    ['a certificate in order', request('GET', '/good'), passed()],
  ]),
  ...table(118, [
    [
      'a name that does not exist',
      request('GET', '/unknownName'),
      answered(503, 'no_healthy_upstream', 'UH'),
    ],
    ['a name server that does not answer', request('GET', '/silentName'), unreachable('connection_timeout')],
    [
      'a name with 60 addresses',
      request('GET', '/manyAddresses'),
      passed(seen('GET', '/manyAddresses', 'many.example')),
    ],
  ]),
  ...table(
    119,
    (
      [
        ['/append/@evil.example/', '/base/append/@evil.example/'],
        ['/append//evil.example/', '/base/append/evil.example/'],
        ['/append/http://evil.example/', '/base/append/http:/evil.example/'],
        ['/append/..%2f..%2fadmin', '/base/append/..%2f..%2fadmin'],
        ['/append/../../admin', undefined],
        ['/const/..', undefined],
        ['/const/@evil.example', '/fixed?id=@evil.example'],
        ['/const/x&admin=1', '/fixed?id=x&admin=1'],
        ['/const/x%26admin=1', '/fixed?id=x%26admin=1'],
        ['/const/x?id=y', '/fixed?id=y&id=x'],
      ] as const
    ).map(([target, reached]) => [
      reached === undefined ? `\`${target}\`` : `\`${target}\` as \`${reached}\``,
      request('GET', target),
      reached === undefined ? answered(404, 'direct_response') : passed(seen('GET', reached, '127.0.0.1')),
    ]),
  ),
  ...table(120, [
    [
      "a redirect to another host: it is the client's",
      answers('HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n'),
      { ...passed(gotA), status: 302, answerHas: '\r\nlocation: http://169.254.169.254/\r\n' },
    ],
    [
      '503 to a POST: it is not sent again',
      answers(
        'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n',
        undefined,
        request('POST', '/a'),
      ),
      { ...passed(seen('POST', '/a')), status: 503 },
    ],
    [
      'a reset after a POST: it is sent again, as ESPv2 does',
      answers('', reset, request('POST', '/a')),
      { ...terminated, reaches: [seen('POST', '/a'), seen('POST', '/a')] },
    ],
  ]),
];

/** Where ESP v1 answers otherwise. */
export const backendCasesOfV1: readonly Http1Case[] = [
  ...table(114, [
    [
      'a kept-alive connection that ends when it is used again: POST is not sent again',
      endsKeptAlive('POST'),
      { ...answered(502, before('connection_termination'), 'UC'), reaches: [seen('POST', '/a')] },
    ],
  ]),
  ...table(120, [
    [
      'a reset after a POST: it is not sent again',
      answers('', reset, request('POST', '/a')),
      { ...answered(502, before('connection_termination'), 'UC'), reaches: [seen('POST', '/a')] },
    ],
  ]),
].map((one) => ({ ...one, only: 'ESP v1' as const }));
