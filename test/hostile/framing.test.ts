import { describe, test } from 'node:test';
import { framingCases, framingCasesOfV1 } from './framing.cases.ts';
import { useGate } from './harness/gate.ts';
import type { Http1Case } from './harness/hostile-case.ts';
import { runHttp1Case } from './harness/run-http1-case.ts';

const operations = [{ row: 'GET /a' }, { row: 'POST /a' }];

function runAll(runtimeVersion: '1' | '2', cases: readonly Http1Case[]): void {
  const gate = useGate({ runtimeVersion, operations });
  for (const one of cases) test(`${one.item}: ${one.name}`, () => runHttp1Case(gate(), one));
}

describe('HTTP/1 framing against a proxy process', { timeout: 60_000 }, () => runAll('2', framingCases));
describe('HTTP/1 framing against ESP v1', { timeout: 60_000 }, () => runAll('1', framingCasesOfV1));
