import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { AllocateQuotaResponseSchema } from '../src/gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import {
  CheckRequestSchema,
  CheckResponse_ConsumerInfo_ConsumerType,
  CheckResponseSchema,
  ReportRequestSchema,
  ReportResponseSchema,
} from '../src/gen/google/api/servicecontrol/v1/service_controller_pb.ts';

/** A key of the right form that only the stand-in knows. */
export const benchApiKey = 'bench-key';

/** Answers checks, quota and reports at once, so that a benchmark measures the proxy and not a control plane. */
export interface ServiceControlStandIn {
  readonly url: string;
  /** Operations reported so far: proof that the reports really went out. */
  reportedOperations(): number;
  stop(): Promise<void>;
}

export async function startServiceControlStandIn(): Promise<ServiceControlStandIn> {
  let reported = 0;
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const verb = request.url?.slice(request.url.lastIndexOf(':') + 1) ?? '';
    if (request.url === '/token') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: 'bench', expires_in: 3600, token_type: 'Bearer' }));
      return;
    }
    response.setHeader('content-type', 'application/x-protobuf');
    if (verb === 'check') response.end(checkAnswer(body));
    else if (verb === 'report') {
      reported += fromBinary(ReportRequestSchema, body).operations.length;
      response.end(toBinary(ReportResponseSchema, create(ReportResponseSchema)));
    } else response.end(toBinary(AllocateQuotaResponseSchema, create(AllocateQuotaResponseSchema)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    reportedOperations: () => reported,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function checkAnswer(body: Buffer): Uint8Array {
  const { operation } = fromBinary(CheckRequestSchema, body);
  const consumerInfo = {
    projectNumber: 1n,
    type: CheckResponse_ConsumerInfo_ConsumerType.PROJECT,
    consumerNumber: 1n,
  };
  return toBinary(
    CheckResponseSchema,
    create(CheckResponseSchema, { operationId: operation?.operationId ?? '', checkInfo: { consumerInfo } }),
  );
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
