import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { captureBindings } from './capture-bindings.ts';
import { parseHttpTemplate } from './parse-http-template.ts';

const table: ReadonlyArray<readonly [template: string, path: string, bindings: readonly string[]]> = [
  ['/a/**', '/a/b', []],
  ['/a/{x}', '/a/b', ['x', 'b']],
  ['/a/{x}', '/a/b/', ['x', 'b']],
  ['/a/{x.y=b/*}/{z=d/**}', '/a/b/zoo/d/animal/tiger', ['x.y', 'b/zoo', 'z', 'd/animal/tiger']],
  ['/{x=**}/a/{y=b}', '/foo/bar/a/b', ['x', 'foo/bar', 'y', 'b']],
  ['/{x=**}/a/{y=b}/c', '/foo/bar/a/b/c/', ['x', 'foo/bar', 'y', 'b']],
  ['/a/{x=b/*/**/y/z}/foo', '/a/b/foo/bar/baz/y/z/foo', ['x', 'b/foo/bar/baz/y/z']],
  ['/a/{x=**}', '/a/', ['x', '']],
  ['/a/{x=**}', '/a/b/c///', ['x', 'b/c']],
  ['/{x=**}', '/', ['x', '']],
  ['/{s_1=a/*/b/*}/{s_2=x/**}:upload', '/a/1/b/2/x/9/:upload', ['s_1', 'a/1/b/2', 's_2', 'x/9/']],
  ['/a/{y}:verb', '/a/x/:verb', ['y', 'x']],
  ['/a/{y}:verb', '/a/x:y:verb', ['y', 'x:y']],
  ['/a/{x}/b/{y}:verb', '/a/1/b/2:verb', ['x', '1', 'y', '2']],
  ['/a/{x}/c', '/a/p%20q%2Fr/c', ['x', 'p%20q%2Fr']],
];

describe('captureBindings', () => {
  for (const [text, path, bindings] of table) {
    test(`${text} takes ${JSON.stringify(bindings)} from ${path}`, () => {
      const result = parseHttpTemplate(text);
      assert.ok(result.kind === 'template');
      assert.deepEqual(captureBindings(result.template, path), bindings);
    });
  }
});
