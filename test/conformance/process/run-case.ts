import assert from 'node:assert/strict';
import type { JsonValue } from '@bufbuild/protobuf';
import { create, fromJson } from '@bufbuild/protobuf';
import { setTimeout as delay } from 'node:timers/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { AllocateQuotaResponseSchema } from '../../../src/gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import { CheckResponseSchema } from '../../../src/gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { eventually } from '../../helpers/eventually.ts';
import type { ControlAnswers, ExpectedAnswer, ProcessCase, SentRequest, Step } from './process-case.ts';
import type { ProxyUnderTest } from './proxy-under-test.ts';
import { type Answer, sendRequest } from './send-request.ts';
import { assertCalls, callsOf, countCalls, countReported } from './service-control-calls.ts';

const reportWaitMs = 8_000;
let caseNumber = 0;

/** Runs a case against the proxy of its setup. `{key}` in it is a key that no other case has. */
export async function runCase(given: ProcessCase, proxy: ProxyUnderTest): Promise<void> {
  const key = `key-${++caseNumber}`;
  const one = JSON.parse(JSON.stringify(given).replaceAll('{key}', key)) as ProcessCase;
  begin(one, proxy);
  for (const step of one.steps) await runStep(step, proxy);
  if (one.calls !== undefined || one.callCount !== undefined) await checkCalls(one, proxy, key);
  if (one.accessLog !== undefined)
    await eventually(
      () => Promise.resolve(proxy.readAccessLog()),
      (text) => text.endsWith(one.accessLog as string),
      5_000,
    );
  const { accessLogContains } = one;
  if (accessLogContains !== undefined)
    await eventually(
      () => Promise.resolve(proxy.readAccessLog()),
      (text) => text.includes(accessLogContains),
      5_000,
    );
  if (one.iamSaw !== undefined) {
    const { headers, body } = proxy.iam?.requests[0] ?? { headers: {}, body: '{}' };
    assert.deepEqual(
      { authorization: headers['authorization'], body: JSON.parse(body) as JsonValue },
      one.iamSaw,
    );
  }
  for (const call of one.controlHeaders === undefined ? [] : proxy.control.calls)
    for (const [name, value] of Object.entries(one.controlHeaders ?? {}))
      assert.equal(call.headers[name], value, name);
}

function begin(one: ProcessCase, proxy: ProxyUnderTest): void {
  const { control, backend } = proxy;
  for (const list of [control.checks, control.quotas, control.reports, control.calls]) list.length = 0;
  backend.begin(one.backend ?? {});
  const { check, quota, checkStatus, quotaStatus, reportStatus }: ControlAnswers = one.control ?? {};
  control.checkAnswer =
    check === undefined
      ? { checkInfo: { consumerInfo: { projectNumber: 123456n, consumerNumber: 123456n, type: 1 } } }
      : fromJson(CheckResponseSchema, check);
  control.quotaAnswer =
    quota === undefined ? create(AllocateQuotaResponseSchema) : fromJson(AllocateQuotaResponseSchema, quota);
  const statuses: Readonly<Record<string, number | undefined>> = {
    check: checkStatus,
    allocateQuota: quotaStatus,
    report: reportStatus,
  };
  control.misbehave = (path) => {
    const status = statuses[path.split(':').at(-1) ?? ''];
    return status === undefined ? undefined : { status };
  };
}

async function runStep(step: Step, proxy: ProxyUnderTest): Promise<void> {
  if (step.announceRollout === true) proxy.rollOutNext();
  if (step.send === undefined) return;
  const sent = await withToken(step.send, proxy);
  const expect = step.expect ?? {};
  const seenBefore = proxy.backend.seen.length;
  if (expect.statuses !== undefined) {
    const answers = await Promise.all(
      Array.from({ length: sent.times ?? 1 }, () => sendRequest(proxy.port, sent, proxy.certificates)),
    );
    const counts: Record<string, number> = {};
    for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
    assert.deepEqual(counts, expect.statuses);
    const failed = answers.find(({ status }) => status >= 400);
    if (failed !== undefined && expect.body !== undefined) assert.deepEqual(bodyOf(failed.body), expect.body);
    return;
  }
  if (step.eventually === true) {
    await eventually(
      () => sendRequest(proxy.port, sent, proxy.certificates).then(({ status }) => status),
      (status) => status === expect.status,
      10_000,
    );
  }
  for (let i = 0; i < (sent.times ?? 1); i++) {
    const answer = await sendRequest(proxy.port, sent, proxy.certificates);
    checkAnswer(answer, expect);
  }
  checkBackend(proxy.backend.seen.slice(seenBefore), expect);
}

/** `{token}` and `{token:AUDIENCE}` in header fields become JWTs of the issuer. */
async function withToken(sent: SentRequest, proxy: ProxyUnderTest): Promise<SentRequest> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(sent.headers ?? {})) {
    const [whole, audience] = /\{token(?::([^}]*))?\}/.exec(value) ?? [];
    headers[name] =
      whole === undefined ? value : value.replace(whole, (await proxy.issuer?.token(audience)) ?? '');
  }
  return { ...sent, headers };
}

function checkAnswer(answer: Answer, expect: ExpectedAnswer): void {
  assert.equal(answer.error, expect.error);
  if (expect.status !== undefined)
    assert.equal(answer.status, expect.status, `status, with the body ${answer.body.toString()}`);
  if (expect.body !== undefined) assert.deepEqual(bodyOf(answer.body), expect.body);
  if (expect.bodyBytes !== undefined) assert.equal(answer.body.length, expect.bodyBytes);
  if (expect.bodyContains !== undefined)
    assert.ok(answer.body.toString().includes(expect.bodyContains), answer.body.toString());
  for (const [name, value] of Object.entries(expect.headers ?? {}))
    if (value === '*') assert.ok(name in answer.headers, name);
    else assert.deepEqual(answer.headers[name], wireForm(value), name);
  if (expect.decodedBody !== undefined) assert.deepEqual(bodyOf(decode(answer)), expect.decodedBody);
  if (expect.grpcStatus !== undefined)
    assert.equal(answer.trailers['grpc-status'], String(expect.grpcStatus));
  assert.equal(answer.received, expect.received);
}

/** How Node shows several values of one field. */
function wireForm(value: string | readonly string[] | null): string | undefined {
  if (value === null) return undefined;
  return typeof value === 'string' ? value : value.join(', ');
}

function decode(answer: Answer): Buffer {
  return answer.headers['content-encoding'] === 'br'
    ? brotliDecompressSync(answer.body)
    : gunzipSync(answer.body);
}

function bodyOf(bytes: Buffer): JsonValue {
  const text = bytes.toString();
  return text.startsWith('{') ? (JSON.parse(text) as JsonValue) : text;
}

function checkBackend(seen: ProxyUnderTest['backend']['seen'], expect: ExpectedAnswer): void {
  const last = seen.at(-1);
  if (expect.backendTarget !== undefined) assert.equal(last?.target, expect.backendTarget);
  if (expect.backendTries !== undefined) assert.equal(seen.length, expect.backendTries, 'tries');
  for (const [name, value] of Object.entries(expect.backendHeaders ?? {}))
    assert.equal(last?.headers[name], value ?? undefined, `${name} at the backend`);
}

/**
 * Waits for the calls that must come. Calls that must not come have come when the report of a request sent after them
 * is there.
 */
async function checkCalls(one: ProcessCase, proxy: ProxyUnderTest, key: string): Promise<void> {
  const { control } = proxy;
  const wanted = one.callCount ?? one.calls?.length ?? 0;
  const reported = (one.calls ?? []).reduce(
    (sum, call) => sum + ('report' in call ? (call.report.count ?? 1) : 0),
    0,
  );
  const isThere = (): boolean => countCalls(control) >= wanted && countReported(control) >= reported;
  await eventually(
    () => Promise.resolve(isThere()),
    (done) => done,
    reportWaitMs,
  ).catch(() => undefined);
  if (wanted === 0) {
    const path = `/simplegetcors?key=${key}-after`;
    await sendRequest(proxy.port, { path }, proxy.certificates);
    const afterwards = 2;
    await eventually(
      () => Promise.resolve(countCalls(control)),
      (count) => count >= afterwards,
      reportWaitMs,
    );
    assert.equal(countCalls(control), afterwards, 'calls of the request afterwards only');
    return;
  }
  if (one.calls !== undefined) assertCalls(callsOf(control), one.calls, proxy.facts);
  if (one.callCount !== undefined) {
    // One more interval of reporting, for calls that must not come.
    await delay(one.control?.reportStatus === undefined ? 0 : 1_500);
    assert.equal(countCalls(control), one.callCount, 'calls');
  }
}
