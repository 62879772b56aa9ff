import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { JsonValue } from '@bufbuild/protobuf';
import { CliError } from '../cli-error.ts';
import { formatValue, parseFormat } from './format.ts';
import type { Format } from './format.ts';

const own: Format = { kind: 'table', columns: [{ path: 'name', label: 'NAME' }] };
const records: JsonValue = [
  { name: 'b', isOn: true, items: [{ id: 1 }, { id: 2 }], time: '2026-01-31T00:00:00Z' },
  { name: 'a,b', labels: { 'x.y': 'z' } },
];

describe('formatValue', () => {
  for (const [format, expected] of [
    ['none', ''],
    ['table', 'NAME\nb\na,b\n'],
    ['value', 'b\na,b\n'],
    ['csv', 'name\nb\n"a,b"\n'],
    ['value(name,isOn,items[].id)', 'b\tTrue\t1;2\na,b\t\t\n'],
    ['value(items.id, items[1].id)', '1;2\t2\n\t\n'],
    ['table(name:label=N,items[0].id)', 'N    ID\nb    1\na,b\n'],
    ['value(labels)', '\n{"x.y":"z"}\n'],
  ] as const)
    it(`prints ${format}`, () => assert.equal(formatValue(records, parseFormat(format, own)), expected));

  it('prints JSON with its keys in order', () => {
    assert.equal(
      formatValue({ b: 1, a: [{ d: 2, c: 3 }] }, { kind: 'json' }),
      '{\n  "a": [\n    {\n      "c": 3,\n      "d": 2\n    }\n  ],\n  "b": 1\n}\n',
    );
  });

  it('prints YAML with its keys in order, a document for each record of a list', () => {
    assert.equal(
      formatValue(records, { kind: 'yaml' }),
      "---\nisOn: true\nitems:\n- id: 1\n- id: 2\nname: b\ntime: '2026-01-31T00:00:00Z'\n---\nlabels:\n  x.y: z\nname: a,b\n",
    );
  });
});

describe('parseFormat', () => {
  for (const text of ['xml', 'table(', 'table(a;b)', 'json(name)', 'value(name.basename())'])
    it(`refuses ${text}`, () => assert.throws(() => parseFormat(text, own), isUsageError));

  it('refuses a table without fields where the command has none of its own', () => {
    assert.throws(() => parseFormat('table', { kind: 'yaml' }), isUsageError);
  });
});

function isUsageError(error: unknown): boolean {
  return error instanceof CliError && error.exitCode === 2;
}
