import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { submittedPaths } from './submitted-paths.ts';

describe('submittedPaths', () => {
  for (const [fact, names, paths] of [
    ['base names for files of one folder', ['api/a.yaml', './api/b.yaml'], ['a.yaml', 'b.yaml']],
    ['the base name of a single file', ['../deep/er/a.yaml'], ['a.yaml']],
    ['paths below the folder of the first', ['a.yaml', 'types/b.yaml'], ['a.yaml', 'types/b.yaml']],
    ['paths below a folder that none is in', ['x/a.yaml', 'y/z/b.yaml'], ['x/a.yaml', 'y/z/b.yaml']],
    ['paths from a folder above', ['a.yaml', '../shared/b.yaml'], ['apis/a.yaml', 'shared/b.yaml']],
    ['absolute and relative names together', ['/srv/apis/a.yaml', 'b/c.yaml'], ['a.yaml', 'b/c.yaml']],
    ['folders whose names begin alike', ['ab/a.yaml', 'a/b.yaml'], ['ab/a.yaml', 'a/b.yaml']],
    ['no files', [], []],
  ] as const)
    it(`gives ${fact}`, () => assert.deepEqual(submittedPaths('/srv/apis', names), paths));
});
