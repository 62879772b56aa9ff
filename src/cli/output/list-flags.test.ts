import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CliError } from '../cli-error.ts';
import { applyListFlags } from './list-flags.ts';

const records = [
  { name: 'echo', config: { title: 'Echo API' }, size: 2 },
  { name: 'books', config: { title: 'Bookstore' }, size: 10 },
  { name: 'bare', size: 2 },
];
const names = (flags: Parameters<typeof applyListFlags>[1]): unknown[] =>
  applyListFlags(records, flags).map((record) => record['name']);

describe('applyListFlags', () => {
  for (const [filter, expected] of [
    ['name=ECHO', ['echo']],
    ['name!=echo', ['books', 'bare']],
    ['config.title:book', ['books']],
    ['config.title:*', ['echo', 'books']],
    ['NOT config.title:*', ['bare']],
    ['-name=echo', ['books', 'bare']],
    ['name~^b', ['books', 'bare']],
    ['name~^b AND size=2', ['bare']],
    ['config.title="Echo API"', ['echo']],
  ] as const)
    it(`keeps ${expected.join(', ')} by ${filter}`, () => assert.deepEqual(names({ filter }), expected));

  it('sorts by several fields, downwards with ~', () => {
    assert.deepEqual(names({ sortBy: 'size,~name' }), ['books', 'echo', 'bare']);
  });

  it('limits after filtering and sorting', () => {
    assert.deepEqual(names({ filter: 'size=2', sortBy: 'name', limit: 1 }), ['bare']);
  });

  for (const filter of ['name', 'name=a OR name=b', 'name~(', '(name=a)'])
    it(`refuses the filter ${filter}`, () =>
      assert.throws(
        () => names({ filter }),
        (error) => error instanceof CliError && error.exitCode === 2,
      ));
});
