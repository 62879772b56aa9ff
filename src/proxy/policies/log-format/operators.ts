import { getHeader } from '../../../protocol/http/headers.ts';
import { rpcCodeName } from '../../../core/status.ts';
import type { FormatRecord } from './format-record.ts';
import { compileTimeFormat, defaultTimeFormat } from './format-time.ts';
import { longResponseFlags } from './response-flags.ts';

/** Takes one value out of a record; undefined when there is none. */
export type ValueReader = (record: FormatRecord) => string | number | undefined;

/** Compiles an operator's arguments; undefined when they are not what it wants. */
type Operator = (argument: string | undefined) => ValueReader | undefined;

/** Compiles `%NAME(argument)%`; a text says what is wrong. */
export function compileOperator(name: string, argument: string | undefined): ValueReader | string {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (operator === undefined) return `unknown operator %${name}%`;
  return operator(argument) ?? `wrong arguments of %${name}%: ${argument ?? 'none'}`;
}

const plain =
  (reader: ValueReader): Operator =>
  (argument) =>
    argument === undefined ? reader : undefined;

/** Operators that are accepted and never have a value: the proxy does not count or know the thing. */
const absent: Operator = plain(() => undefined);
const absentWithArgument: Operator = (argument) => (argument === undefined ? undefined : () => undefined);

const filterState: Operator = (argument) => {
  const [key, form = 'TYPED', ...more] = argument?.split(':') ?? [];
  if (key === undefined || key === '' || more.length > 0) return undefined;
  if (form === 'PLAIN') return (record) => record.filterState(key);
  if (form !== 'TYPED') return undefined;
  return (record) => {
    const value = record.filterState(key);
    return value === undefined ? undefined : quoteJson(value);
  };
};

/** Every operator. Source: Envoy access log command operators. */
const operators: Readonly<Record<string, Operator>> = {
  REQ: headerOperator(readRequestHeader),
  RESP: headerOperator((record, name) => getHeader(record.responseHeaders, name)),
  TRAILER: headerOperator((record, name) => getHeader(record.responseTrailers, name)),
  START_TIME: (argument) => {
    const write = compileTimeFormat(argument ?? defaultTimeFormat);
    return write === undefined ? undefined : (record) => write(record.startedAtMs);
  },
  DURATION: plain((record) => wholeMs(record.durationMs)),
  REQUEST_DURATION: plain((record) => wholeMs(record.requestDurationMs)),
  REQUEST_TX_DURATION: plain((record) => wholeMs(record.requestTxDurationMs)),
  RESPONSE_DURATION: plain((record) => wholeMs(record.responseDurationMs)),
  RESPONSE_TX_DURATION: plain((record) => wholeMs(record.responseTxDurationMs)),
  BYTES_RECEIVED: plain((record) => record.requestBytes),
  BYTES_SENT: plain((record) => record.responseBytes),
  REQUEST_HEADERS_BYTES: plain((record) => record.requestHeaderBytes),
  RESPONSE_HEADERS_BYTES: plain((record) => record.responseHeaderBytes),
  RESPONSE_TRAILERS_BYTES: plain((record) => record.responseTrailerBytes),
  DOWNSTREAM_HEADER_BYTES_RECEIVED: plain((record) => record.requestHeaderBytes),
  DOWNSTREAM_HEADER_BYTES_SENT: plain((record) => record.responseHeaderBytes),
  DOWNSTREAM_WIRE_BYTES_RECEIVED: absent,
  DOWNSTREAM_WIRE_BYTES_SENT: absent,
  UPSTREAM_HEADER_BYTES_RECEIVED: absent,
  UPSTREAM_HEADER_BYTES_SENT: absent,
  UPSTREAM_WIRE_BYTES_RECEIVED: absent,
  UPSTREAM_WIRE_BYTES_SENT: absent,
  PROTOCOL: plain((record) => record.protocol),
  UPSTREAM_PROTOCOL: plain((record) => record.upstreamProtocol),
  RESPONSE_CODE: plain((record) => record.responseCode),
  RESPONSE_CODE_DETAILS: plain((record) => present(record.responseCodeDetails)),
  CONNECTION_TERMINATION_DETAILS: absent,
  RESPONSE_FLAGS: plain((record) => present(record.responseFlags)),
  RESPONSE_FLAGS_LONG: plain((record) =>
    record.responseFlags === '' ? undefined : longResponseFlags(record.responseFlags),
  ),
  GRPC_STATUS: (argument) => grpcStatus(argument ?? 'CAMEL_STRING'),
  GRPC_STATUS_NUMBER: plain((record) => record.grpcStatus),
  LOCAL_REPLY_BODY: plain((record) => present(record.localReplyBody)),
  UPSTREAM_HOST: plain((record) => present(record.upstreamHost)),
  UPSTREAM_CLUSTER: plain((record) => present(record.upstreamCluster)),
  UPSTREAM_REMOTE_ADDRESS: plain((record) => present(record.upstreamHost)),
  UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: plain((record) => present(record.upstreamHost?.replace(/:\d+$/, ''))),
  UPSTREAM_REMOTE_PORT: plain((record) => present(/:(\d+)$/.exec(record.upstreamHost ?? '')?.[1])),
  UPSTREAM_LOCAL_ADDRESS: absent,
  UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: absent,
  UPSTREAM_LOCAL_PORT: absent,
  UPSTREAM_TRANSPORT_FAILURE_REASON: plain((record) => present(record.upstreamTransportFailureReason)),
  // The port of a client that was read from a header is not known: Envoy prints 0.
  DOWNSTREAM_REMOTE_ADDRESS: plain((record) => withPort(record.clientAddress, clientPort(record))),
  DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT: plain((record) => present(record.clientAddress)),
  DOWNSTREAM_REMOTE_PORT: plain(clientPort),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS: plain((record) => withPort(record.peerAddress, record.peerPort)),
  DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT: plain((record) => present(record.peerAddress)),
  DOWNSTREAM_DIRECT_REMOTE_PORT: plain((record) => record.peerPort),
  DOWNSTREAM_LOCAL_ADDRESS: plain((record) => withPort(record.localAddress, record.localPort)),
  DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT: plain((record) => present(record.localAddress)),
  DOWNSTREAM_LOCAL_PORT: plain((record) => record.localPort),
  REQUESTED_SERVER_NAME: plain((record) => record.tls?.serverName),
  DOWNSTREAM_TLS_VERSION: plain((record) => record.tls?.version),
  DOWNSTREAM_TLS_CIPHER: plain((record) => record.tls?.cipher),
  DOWNSTREAM_PEER_SUBJECT: plain((record) => record.tls?.peerSubject),
  DOWNSTREAM_PEER_FINGERPRINT_256: plain((record) => record.tls?.peerFingerprint),
  DOWNSTREAM_TLS_SESSION_ID: absent,
  DOWNSTREAM_PEER_ISSUER: absent,
  DOWNSTREAM_PEER_SERIAL: absent,
  DOWNSTREAM_PEER_URI_SAN: absent,
  DOWNSTREAM_PEER_CERT: absent,
  DOWNSTREAM_LOCAL_SUBJECT: absent,
  DOWNSTREAM_LOCAL_URI_SAN: absent,
  ROUTE_NAME: plain((record) => record.routeName),
  FILTER_STATE: filterState,
  PER_REQUEST_STATE: (argument) =>
    argument === undefined ? undefined : (record) => record.filterState(argument),
  DYNAMIC_METADATA: absentWithArgument,
  CLUSTER_METADATA: absentWithArgument,
  UPSTREAM_METADATA: absentWithArgument,
  HOSTNAME: plain((record) => record.hostname),
  ENVIRONMENT: (argument) =>
    argument === undefined ? undefined : (record) => present(record.environment(argument)),
  CONNECTION_ID: absent,
  STREAM_ID: absent,
  VIRTUAL_CLUSTER_NAME: absent,
  ACCESS_LOG_TYPE: plain(() => 'DownstreamEnd'),
};

function headerOperator(read: (record: FormatRecord, name: string) => string | undefined): Operator {
  return (argument) => {
    const names = argument?.toLowerCase().split('?') ?? [];
    const [name, alternative] = names;
    if (name === undefined || name === '' || names.length > 2) return undefined;
    if (alternative === undefined) return (record) => read(record, name);
    return (record) => read(record, name) ?? read(record, alternative);
  };
}

function readRequestHeader(record: FormatRecord, name: string): string | undefined {
  switch (name) {
    case ':method':
      return record.method;
    case ':path':
      return record.target;
    case ':authority':
    case 'host':
      return record.authority;
    case ':scheme':
      return record.scheme;
    default:
      return getHeader(record.requestHeaders, name);
  }
}

function grpcStatus(form: string): ValueReader | undefined {
  switch (form) {
    case 'NUMBER':
      return (record) => record.grpcStatus;
    case 'SNAKE_STRING':
      return (record) => (record.grpcStatus === undefined ? undefined : rpcCodeName(record.grpcStatus));
    case 'CAMEL_STRING':
      return (record) => (record.grpcStatus === undefined ? undefined : camelName(record.grpcStatus));
    default:
      return undefined;
  }
}

/** `InvalidArgument` for INVALID_ARGUMENT; two names are spelt as gRPC's libraries do. */
function camelName(code: number): string {
  const name = rpcCodeName(code);
  if (name === 'OK') return name;
  if (name === 'CANCELLED') return 'Canceled';
  return name.toLowerCase().replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

/** As protobuf writes JSON: angle brackets are escaped too. */
function quoteJson(value: string): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e');
}

function clientPort(record: FormatRecord): number {
  return record.clientAddress === record.peerAddress ? record.peerPort : 0;
}

function withPort(address: string, port: number): string | undefined {
  if (address === '') return undefined;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function wholeMs(durationMs: number | undefined): number | undefined {
  return durationMs === undefined ? undefined : Math.trunc(durationMs);
}

function present(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
