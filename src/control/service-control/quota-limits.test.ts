import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { create } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { QuotaOverrideRecord } from '../../store/quota.ts';
import { effectiveLimits, windowOfUnit } from './quota-limits.ts';

function overrides(values: Partial<Record<QuotaOverrideRecord['kind'], bigint>>): QuotaOverrideRecord[] {
  return Object.entries(values).map(([kind, value]) => ({
    overrideId: kind,
    // The keys of the parameter are the kinds.
    kind: kind as QuotaOverrideRecord['kind'],
    serviceName: 's',
    projectNumber: '1',
    metric: 'reads',
    unit: '1/min/{project}',
    value,
    createdAtMs: 1,
  }));
}

function config(standard: bigint, unit = '1/min/{project}') {
  return create(ServiceSchema, {
    quota: { limits: [{ name: 'l', metric: 'reads', unit, values: { STANDARD: standard } }] },
  });
}

describe('effectiveLimits', () => {
  for (const [standard, changes, expected] of [
    [10n, {}, 10n],
    [-1n, {}, undefined],
    [0n, {}, 0n],
    [10n, { producer: 20n }, 20n],
    [10n, { producer: -1n }, undefined],
    [10n, { consumer: 5n }, 5n],
    [10n, { consumer: 50n }, 10n],
    [10n, { consumer: -1n }, 10n],
    [10n, { producer: 20n, consumer: 15n }, 15n],
    [10n, { producer: -1n, consumer: 15n }, 15n],
    [-1n, { consumer: 0n }, 0n],
  ] as const)
    it(`default ${standard} with ${JSON.stringify(changes, (_key, value) => String(value))} is ${expected}`, () => {
      const [limit] = effectiveLimits(config(standard), overrides(changes));
      assert.equal(limit?.limit, expected);
    });

  it('leaves out limits whose window it does not know', () => {
    assert.deepEqual(effectiveLimits(config(1n, '1/fortnight/{project}'), []), []);
  });

  it('has no limits without a config', () => {
    assert.deepEqual(effectiveLimits(undefined, []), []);
  });
});

describe('windowOfUnit', () => {
  for (const [unit, expected] of [
    ['1/min/{project}', 60_000],
    ['1/{min}/{project}', 60_000],
    ['1/d/{project}', 86_400_000],
    ['1/min/{region}', undefined],
    ['2/min/{project}', undefined],
  ] as const)
    it(`${unit} is ${expected}`, () => assert.equal(windowOfUnit(unit), expected));
});
