import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  AllocateQuotaRequestSchema,
  AllocateQuotaResponseSchema,
  type AllocateQuotaRequest,
} from '../../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import {
  CheckRequestSchema,
  CheckResponseSchema,
  ReportRequestSchema,
  ReportResponseSchema,
  type CheckRequest,
  type ReportRequest,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';

/** How one call is answered instead of with 200: a status and body, garbage, never, or by cutting the connection. */
export type Misbehaviour =
  | { readonly status: number; readonly body?: string }
  | 'garbage'
  | 'silence'
  | 'reset'
  | undefined;

/** A Service Control on a real socket that records what it is asked. */
export interface FakeServiceControl {
  readonly url: string;
  readonly checks: CheckRequest[];
  readonly quotas: AllocateQuotaRequest[];
  readonly reports: ReportRequest[];
  /** Of every call, in order of arrival. */
  readonly calls: Array<{
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly bytes: number;
  }>;
  checkAnswer: MessageInitShape<typeof CheckResponseSchema>;
  quotaAnswer: MessageInitShape<typeof AllocateQuotaResponseSchema>;
  reportAnswer: MessageInitShape<typeof ReportResponseSchema>;
  /** Asked once per call. */
  misbehave: (path: string) => Misbehaviour;
  /** Resolves when `count` calls have come altogether. */
  callCount(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts one on a free port of the loopback interface, or on `port`. */
export async function startFakeServiceControl(port = 0): Promise<FakeServiceControl> {
  const waiters: Array<{ count: number; resolve: () => void }> = [];
  const server = createServer((request, response) => void answer(request, response));
  const fake: FakeServiceControl = {
    url: '',
    checks: [],
    quotas: [],
    reports: [],
    calls: [],
    checkAnswer: {
      checkInfo: { consumerInfo: { projectNumber: 123456n, consumerNumber: 123456n, type: 1 } },
    },
    quotaAnswer: {},
    reportAnswer: { serviceRolloutId: 'test-rollout-id' },
    misbehave: () => undefined,
    callCount(count) {
      if (fake.calls.length >= count) return Promise.resolve();
      return new Promise((resolve) => waiters.push({ count, resolve }));
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    const path = request.url ?? '';
    fake.calls.push({ path, headers: request.headers, bytes: body.length });
    const fault = fake.misbehave(path);
    if (fault === undefined)
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(reply(path, body));
    else if (fault === 'garbage') response.writeHead(200).end(Buffer.from([0xff, 0xff, 0xff]));
    else if (fault === 'reset') request.socket.destroy();
    else if (fault !== 'silence') response.writeHead(fault.status).end(fault.body ?? '');
    for (const waiter of waiters.splice(0))
      if (fake.calls.length >= waiter.count) waiter.resolve();
      else waiters.push(waiter);
  };
  const reply = (path: string, body: Buffer): Uint8Array => {
    if (path.endsWith(':check')) {
      fake.checks.push(fromBinary(CheckRequestSchema, body));
      return toBinary(CheckResponseSchema, create(CheckResponseSchema, fake.checkAnswer));
    }
    if (path.endsWith(':allocateQuota')) {
      fake.quotas.push(fromBinary(AllocateQuotaRequestSchema, body));
      return toBinary(AllocateQuotaResponseSchema, create(AllocateQuotaResponseSchema, fake.quotaAnswer));
    }
    fake.reports.push(fromBinary(ReportRequestSchema, body));
    return toBinary(ReportResponseSchema, create(ReportResponseSchema, fake.reportAnswer));
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  // A listening TCP server has an address with a port.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(fake, { url });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
