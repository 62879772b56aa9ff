import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { keyedPath, mapValuePath, parentPaths, rulePath } from './element-path.ts';

describe('element paths', () => {
  // Source: google/api/config_change.proto.
  test('are those of Service Management', () => {
    assert.equal(
      rulePath('visibility.rules', 'google.LibraryService.ListBooks', 'restriction'),
      'visibility.rules[selector=="google.LibraryService.ListBooks"].restriction',
    );
    assert.equal(
      mapValuePath(rulePath('quota.metric_rules', 'google', 'metric_costs'), 'reads'),
      'quota.metric_rules[selector=="google"].metric_costs[key=="reads"].value',
    );
  });

  test('escape what would end a key', () => {
    assert.equal(keyedPath('a', 'name', 'x"]\\'), 'a[name=="x\\"]\\\\"]');
  });
});

describe('parentPaths', () => {
  test('goes up field by field and index by index', () => {
    assert.deepEqual(parentPaths('a.b[id=="x"].c[0]'), [
      'a.b[id=="x"].c[0]',
      'a.b[id=="x"].c',
      'a.b[id=="x"]',
      'a.b',
      'a',
    ]);
  });

  test('does not look into keys', () => {
    const path = keyedPath('a', 'name', 'x"].y[0]\\');
    assert.deepEqual(parentPaths(`${path}.b`), [`${path}.b`, path, 'a']);
  });
});
