import assert from 'node:assert/strict';
import { type ClientHttp2Session, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import {
  answerGrpcOk,
  type GrpcAnswer,
  type GrpcCase,
  grpcCases,
  helloMessage,
  type SentGrpc,
} from './grpc.cases.ts';
import { useGate } from './harness/gate.ts';
import { startGrpcBackend } from './harness/grpc-backend.ts';
import { assertLogged } from './harness/run-http1-case.ts';

const backend = await startGrpcBackend(helloMessage.length);
after(() => backend.close());

describe('gRPC that is passed through', { timeout: 60_000 }, () => {
  const gate = useGate({
    operations: [{ row: 'POST /a', backend: { address: `grpc://127.0.0.1:${backend.port}` } }],
  });
  for (const one of grpcCases)
    test(`${one.item}: ${one.name}`, async () => {
      const session = connect(`http://127.0.0.1:${gate().port}`);
      session.on('error', () => undefined);
      try {
        await runGrpcCase(session, one);
        const { port } = session.socket.address() as AddressInfo;
        await assertLogged(gate(), port, one.expect);
        await gate().assertHealthy();
      } finally {
        session.destroy();
      }
    });
});

describe('gRPC that is read', () => {
  test('39 to 43: transcoded calls and gRPC-Web', {
    skip: 'transcoding and gRPC-Web are not in this version',
  });
});

async function runGrpcCase(session: ClientHttp2Session, one: GrpcCase): Promise<void> {
  const { sent, gets } = one;
  const number = backend.calls.length;
  const answer = await call(session, sent);
  await backend.callCount(number + 1);
  const { head, ...rest } = gets;
  for (const [name, value] of Object.entries(head ?? {})) assert.equal(answer.head?.[name], value, name);
  assert.deepEqual(
    { body: answer.body, trailers: answer.trailers, reset: answer.reset },
    { body: undefined, trailers: undefined, reset: undefined, ...rest },
  );
  const seen = backend.calls[number];
  assert.equal(
    seen?.body,
    (sent.body ?? helloMessage).toString('hex'),
    'the message is passed on as it came',
  );
  for (const [name, value] of Object.entries(fieldsOf(sent))) assert.equal(seen.fields[name], value, name);
  if (sent.cancels === true) assert.equal(seen.reset, constants.NGHTTP2_CANCEL);
}

function fieldsOf(sent: SentGrpc): Record<string, string> {
  const fields: Record<string, string> = {
    'content-type': 'application/grpc',
    te: 'trailers',
    ...sent.fields,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** Fields of an answer as text; those that the gateway sets are looked at elsewhere. */
type SeenAnswer = Omit<GrpcAnswer, 'head'> & { head?: IncomingHttpHeaders };

async function call(session: ClientHttp2Session, sent: SentGrpc): Promise<SeenAnswer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/a',
    ':authority': 'a.example',
    ...fieldsOf(sent),
  });
  const answer: { -readonly [K in keyof SeenAnswer]: SeenAnswer[K] } = {};
  let body = '';
  stream.on('response', (head) => (answer.head = head));
  stream.on('data', (chunk: Buffer) => (body += chunk.toString('hex')));
  stream.on('trailers', (trailers) => (answer.trailers = { 'grpc-status': String(trailers['grpc-status']) }));
  stream.on('error', () => undefined);
  backend.onMessage = (received) => {
    if (sent.cancels === true) stream.close(constants.NGHTTP2_CANCEL);
    else (sent.answer ?? answerGrpcOk)(received);
  };
  stream.write(sent.body ?? helloMessage);
  if (sent.cancels !== true) stream.end();
  await new Promise<void>((resolve) => void stream.on('close', resolve));
  if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) answer.reset = stream.rstCode;
  else answer.body = body;
  return answer;
}
