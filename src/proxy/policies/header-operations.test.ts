import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyHeaderOperations, compileHeaderOperations } from './header-operations.ts';
import { testRecord } from './log-format/testing/test-record.ts';

function apply(flags: { add?: string; append?: string }, headers: string[]): string[] {
  const result = compileHeaderOperations(flags);
  assert.ok(result.kind === 'operations', 'problem' in result ? result.problem : '');
  applyHeaderOperations(headers, result.operations, testRecord({ requestHeaders: ['x-evil', 'a\r\nb: c'] }));
  return headers;
}

describe('compileHeaderOperations', () => {
  const bad: ReadonlyArray<readonly [item: string, problem: string]> = [
    ['k', 'invalid header: k. should be in key=value format.'],
    ['a=b=c', 'invalid header: a=b=c. should be in key=value format.'],
    ['=v', 'header key should not be empty for: =v.'],
    ['a b=v', 'header key is no field name: a b=v.'],
    [':path=/x', 'header key is no field name: :path=/x.'],
    ['Content-Length=1', 'header may not be changed: Content-Length=1.'],
    ['a=%NOPE%', 'unknown operator %NOPE%'],
    ['a=50%', "'%' at position 2 starts no operator: %"],
  ];
  for (const [item, problem] of bad) {
    test(`refuses '${item}'`, () => {
      assert.deepEqual(compileHeaderOperations({ add: `ok=1;${item}` }), { kind: 'error', problem });
    });
  }
});

describe('applyHeaderOperations', () => {
  const table: ReadonlyArray<
    readonly [name: string, flags: { add?: string; append?: string }, before: string[], after: string[]]
  > = [
    ['adds', { add: 'Key1=value1' }, [], ['key1', 'value1']],
    ['replaces all of the name', { add: 'k=new' }, ['k', '1', 'x', 'y', 'k', '2'], ['k', 'new', 'x', 'y']],
    ['appends behind', { append: 'k=new' }, ['k', 'old'], ['k', 'old', 'k', 'new']],
    ['adds before it appends', { add: 'k=a', append: 'k=b' }, ['k', 'old'], ['k', 'a', 'k', 'b']],
    ['skips empty items', { add: ';a=1;;b=2;' }, [], ['a', '1', 'b', '2']],
    ['adds no empty value', { add: 'k=' }, ['k', 'old'], ['k', 'old']],
    ['adds nothing for a value that does not exist', { add: 'k=%REQ(nope)%' }, [], []],
    ['fills in values', { add: 'k=%PROTOCOL% 100%%' }, [], ['k', 'HTTP/1.1 100%']],
    ['adds nothing that would break the head', { add: 'k=%REQ(x-evil)%' }, [], []],
  ];
  for (const [name, flags, before, after] of table) {
    test(name, () => {
      assert.deepEqual(apply(flags, before), after);
    });
  }
});
