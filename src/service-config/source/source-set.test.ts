import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { defaultSourceLimits } from './limits.ts';
import { parseYaml } from './parse-yaml.ts';
import { SourceSet } from './source-set.ts';
import type { SourceDocument } from './source-set.ts';
import { SourceText } from './source-text.ts';

function document(path: string, text: string): SourceDocument {
  const source = new SourceText(path, text);
  return { source, root: parseYaml(source, defaultSourceLimits) };
}

describe('SourceSet.resolve', () => {
  const api = document('api.yaml', 'a: {$ref: "b.yaml#/x"}\nlist: [1, {k: v}]\n__proto__: 1\n');
  const other = document('b.yaml', 'x: {$ref: "#/y"}\ny: {found: true}\n');
  const sources = new SourceSet([api, other], defaultSourceLimits);

  test('follows references from file to file, each relative to its own', () => {
    const result = sources.resolve('#/a', api.source);
    assert.ok(result.kind === 'resolved');
    assert.equal(result.node.source.path, 'b.yaml');
    assert.equal(result.name, 'y');
  });

  test('steps into sequences by index', () => {
    assert.equal(sources.resolve('#/list/1/k', api.source).kind, 'resolved');
    assert.equal(sources.resolve('#/list/01', api.source).kind, 'missing');
    assert.equal(sources.resolve('#/list/length', api.source).kind, 'missing');
  });

  test('finds own keys only', () => {
    assert.equal(sources.resolve('#/__proto__', api.source).kind, 'resolved');
    assert.equal(sources.resolve('#/constructor', api.source).kind, 'missing');
    assert.equal(sources.resolve('#/list/constructor', api.source).kind, 'missing');
  });

  test('tells a file that was not submitted from a missing value', () => {
    assert.equal(sources.resolve('c.yaml#/x', api.source).kind, 'outside');
    assert.equal(sources.resolve('b.yaml#/z', api.source).kind, 'missing');
  });

  test('gives up on a circle after a bounded number of hops', () => {
    const circle = document('c.yaml', 'a: {$ref: "#/b"}\nb: {$ref: "#/a"}\n');
    assert.equal(new SourceSet([circle], defaultSourceLimits).resolve('#/a', circle.source).kind, 'circular');
  });
});
