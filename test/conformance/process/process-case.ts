import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One line of process-cases.jsonl: what a proxy process is started with, what is sent to it, what must come of it. */
export interface ProcessCase {
  readonly suite: string;
  readonly name: string;
  /** Cases with equal setups share a process. */
  readonly setup: Setup;
  /** How Service Control answers during this case. */
  readonly control?: ControlAnswers;
  readonly backend?: BackendAnswers;
  readonly steps: readonly Step[];
  /** Every call to Service Control that the steps cause, in order. Absent: they are not looked at. */
  readonly calls?: readonly ExpectedCall[];
  readonly callCount?: number;
  /** The access log after the steps. */
  readonly accessLog?: string;
  readonly accessLogContains?: string;
  /** The process ends instead of serving, and says this. */
  readonly expectStart?: string;
  readonly iamSaw?: { readonly authorization: string; readonly body: JsonValue };
  readonly controlHeaders?: Readonly<Record<string, string>>;
  /** Where the case departs from what ESPv2's own tests do, and why. */
  readonly differs?: string;
}

export interface Setup {
  /** `echo` behind `--backend`; `echo-routed` behind addresses of backend rules; `shelves` over HTTP or gRPC. */
  readonly service: 'echo' | 'echo-routed' | 'shelves' | 'shelves-grpc' | 'shelves-grpc-routed';
  /** Of `start_proxy`; `{name}` is replaced by the harness. */
  readonly flags?: readonly string[];
  readonly changes?: ServiceChanges;
  /** What the backend is; `plain` by default, `tls` for routed services. */
  readonly backend?: BackendKind;
  /** Addresses by name, for a DNS server of the case's own. */
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  /** Where the service config comes from; by default a file. */
  readonly management?: 'fixed' | 'managed' | 'fixed-tls';
  /** Service Control behind TLS. */
  readonly controlTls?: boolean;
  /** Statuses with which Service Management answers its first requests for a config. */
  readonly configFaults?: readonly number[];
  readonly iam?: IamSetup;
  /** Access tokens come from a token server for a service account key, not from the metadata server. */
  readonly serviceAccountKey?: boolean;
  /** For a case whose process must not be shared: caches that other cases would fill. */
  readonly alone?: string;
}

export type BackendKind =
  | 'plain'
  | 'tls'
  | 'tls-http1'
  | 'tls-other-ca'
  | 'tls-other-name'
  | 'mtls'
  | 'mtls-other-ca'
  | 'down'
  | 'grpc'
  | 'grpcs';

export interface IamSetup {
  readonly token?: string;
  readonly failures?: number;
  readonly delayMs?: number;
}

/** What differs from the service as its file builds it. */
export interface ServiceChanges {
  readonly allowCors?: boolean;
  readonly configId?: string;
  /** `METHOD template` by operation, for operations besides the usual ones. */
  readonly rows?: Readonly<Record<string, string>>;
  readonly usage?: Readonly<Record<string, JsonObject>>;
  readonly quota?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly backendRules?: Readonly<Record<string, JsonObject>>;
  /** Audiences by operation that demands a JWT; `''`: none named. */
  readonly audiences?: Readonly<Record<string, string>>;
  /** Set by the harness. */
  readonly jwksUri?: string;
  readonly identityTokens?: boolean;
  readonly grpcHealth?: boolean;
}

export interface ControlAnswers {
  /** google.api.servicecontrol.v1.CheckResponse and AllocateQuotaResponse as JSON. */
  readonly check?: JsonObject;
  readonly quota?: JsonObject;
  /** HTTP statuses instead. */
  readonly checkStatus?: number;
  readonly quotaStatus?: number;
  readonly reportStatus?: number;
  /** The case's new rollout is announced in answers to reports from now on. */
  readonly announcesRollout?: boolean;
}

export interface BackendAnswers {
  /** The first `times` requests are answered with `status`. */
  readonly fails?: { readonly times: number; readonly status: number };
}

export interface Step {
  readonly send?: SentRequest;
  /** The step repeats until it is as expected; for what takes effect some time later. */
  readonly eventually?: boolean;
  readonly announceRollout?: boolean;
  readonly expect?: ExpectedAnswer;
}

export interface SentRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonValue;
  /** Default HTTP/1.1 in clear. */
  readonly over?: 'h2c' | 'https' | 'h2';
  /** Client certificate, of a CA that the proxy knows or of another one. */
  readonly certificate?: 'known' | 'unknown';
  readonly times?: number;
  /** Messages sent over a WebSocket. */
  readonly websocket?: readonly string[];
  /** A unary gRPC call; `path` is the method. */
  readonly grpc?: boolean;
  readonly parallel?: boolean;
}

export interface ExpectedAnswer {
  readonly status?: number;
  /** Text, or a JSON value. */
  readonly body?: JsonValue;
  readonly bodyContains?: string;
  readonly bodyBytes?: number;
  /** A field's value, its values, `*` for any, or null for none. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | null>>;
  /** After undoing the content coding. */
  readonly decodedBody?: JsonValue;
  readonly grpcStatus?: number;
  readonly received?: string;
  /** Code of a connection's error. */
  readonly error?: string;
  readonly backendTarget?: string;
  readonly backendHeaders?: Readonly<Record<string, string | null>>;
  readonly backendTries?: number;
  /** Of requests sent in parallel: how many got which status. */
  readonly statuses?: Readonly<Record<string, number>>;
  readonly sameFor?: 'all';
}

export type ExpectedCall =
  | { readonly check: Readonly<Record<string, string>> }
  | { readonly quota: { readonly method: string; readonly consumer: string; readonly costs: JsonObject } }
  | { readonly report: ExpectedReport };

/** Names are those of labels and log fields without their prefixes; see `service-control-calls.ts`. */
export interface ExpectedReport {
  readonly operation: string;
  readonly url: string;
  readonly status: number;
  readonly statusCode: number;
  readonly method: string;
  readonly keyState: string;
  readonly key?: string;
  /** The key is in the log alone. */
  readonly loggedKey?: string;
  readonly project?: string;
  readonly details?: string;
  readonly errorCause?: string;
  readonly referer?: string;
  readonly protocol?: string;
  readonly backendProtocol?: string;
  readonly credential?: string;
  readonly count?: number;
  readonly httpStatus?: number;
  readonly requestHeaders?: string;
  readonly responseHeaders?: string;
  readonly platform?: string;
  readonly grpcStatus?: string;
}

const folder = join(import.meta.dirname, '..');

/** All cases, in order of the file. */
export function readProcessCases(): readonly ProcessCase[] {
  const lines = readFileSync(join(folder, 'process-cases.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ProcessCase);
}
