import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DynamicTable } from './dynamic-table.ts';
import { createFieldEntry, FieldFault } from './field-entry.ts';

/** An entry that counts for 40 octets. */
function entryOf(number: number) {
  return createFieldEntry(`n${String(number).padStart(3, '0')}`, 'v000', FieldFault.NONE);
}

/** Names from the newest to the oldest. */
function namesIn(table: DynamicTable): string[] {
  return Array.from({ length: table.length }, (_, age) => table.get(age).name);
}

function tableWith(count: number, maxBytes: number): DynamicTable {
  const table = new DynamicTable(maxBytes);
  for (let i = 0; i < count; i++) table.add(entryOf(i));
  return table;
}

describe('DynamicTable', () => {
  test('gives the newest entry first', () => {
    const table = tableWith(3, 4096);
    assert.deepEqual(namesIn(table), ['n002', 'n001', 'n000']);
    assert.equal(table.bytes, 120);
  });

  test('drops the oldest entries for a new one', () => {
    const table = tableWith(5, 120);
    assert.deepEqual(namesIn(table), ['n004', 'n003', 'n002']);
    assert.equal(table.bytes, 120);
  });

  test('keeps the order of many entries while it grows and turns round', () => {
    const table = tableWith(1000, 4096);
    assert.deepEqual(
      namesIn(table),
      Array.from({ length: 102 }, (_, age) => entryOf(999 - age).name),
    );
    assert.equal(table.bytes, 102 * 40);
  });

  test('is emptied by an entry larger than itself', () => {
    const table = tableWith(3, 120);
    table.add(createFieldEntry('n', 'v'.repeat(88), FieldFault.NONE));
    assert.deepEqual([namesIn(table), table.bytes], [[], 0]);
  });

  test('takes an entry as large as itself', () => {
    const table = tableWith(3, 120);
    table.add(createFieldEntry('n', 'v'.repeat(87), FieldFault.NONE));
    assert.deepEqual([namesIn(table), table.bytes], [['n'], 120]);
  });

  test('drops the oldest entries when it becomes smaller', () => {
    const table = tableWith(5, 4096);
    table.resize(119);
    assert.deepEqual(namesIn(table), ['n004', 'n003']);
    table.resize(0);
    assert.deepEqual([namesIn(table), table.bytes], [[], 0]);
  });

  test('takes entries again after it was of size 0', () => {
    const table = tableWith(5, 0);
    assert.equal(table.length, 0);
    table.resize(80);
    table.add(entryOf(7));
    assert.deepEqual(namesIn(table), ['n007']);
  });
});
