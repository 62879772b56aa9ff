import { describe, test } from 'node:test';
import { type GateOptions, useGate } from './gate.ts';
import type { Http1Case } from './hostile-case.ts';
import { runHttp1Case } from './run-http1-case.ts';

const suiteTimeoutMs = 60_000;

/** A suite that sends cases to one proxy process. */
export function testHttp1Cases(name: string, options: GateOptions, cases: readonly Http1Case[]): void {
  describe(name, { timeout: suiteTimeoutMs }, () => {
    const gate = useGate(options);
    for (const one of cases) test(`${one.item}: ${one.name}`, () => runHttp1Case(gate(), one));
  });
}
