import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { create } from '@bufbuild/protobuf';

import { HttpRuleSchema, HttpSchema } from '../../gen/google/api/http_pb.ts';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { ambiguousRouteRule } from './ambiguous-route.ts';

/** Templates whose route was reported as overlapping with an earlier one. */
function ambiguous(...templates: readonly string[]): number {
  const rules = templates.map((value, at) =>
    create(HttpRuleSchema, { selector: `a.m${at}`, pattern: { case: 'get', value } }),
  );
  let findings = 0;
  const count = (): void => void (findings += 1);
  ambiguousRouteRule.check(create(ServiceSchema, { http: create(HttpSchema, { rules }) }), {
    error: count,
    warning: count,
  });
  return findings;
}

describe('ambiguousRouteRule', () => {
  for (const [templates, findings] of [
    [['/a/{x}/c', '/a/b/{y}'], 1],
    [['/a/b/{y}', '/a/{x}/c'], 1],
    [['/a/{x}', '/a/b'], 0],
    [['/a/{x}', '/b/{y}'], 0],
    [['/a/{x}/c', '/a/b/{y}:verb'], 0],
    [['/{x}/b/{z}', '/a/{y}/{z}', '/a/b/{z}'], 1],
    [['/a/**', '/a/{x}/c'], 0],
  ] as const) {
    test(`reports ${findings} of ${templates.join(' and ')}`, () =>
      assert.equal(ambiguous(...templates), findings));
  }

  test('stops looking after a bounded number of steps', () => {
    const half = 3000;
    const left = Array.from({ length: half }, (_, at) => `/l${at}/{x}/{y}`);
    const right = Array.from({ length: half }, (_, at) => `/{x}/r${at}/{y}`);
    const findings = ambiguous(...left, ...right);
    assert.ok(findings > 0 && findings < half * half);
  });
});
