import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { booksDocument as clean } from '../testing/books-document.ts';
import { offlineCli } from '../testing/offline-cli.ts';

const warned = clean.replace('security: [{ key: [] }]', 'security: []');
const broken = clean.replace('[{ key: [] }]', '[{ kex: [] }]');

describe('lintCommand', () => {
  it('prints nothing but the count for a clean document', async (context) => {
    const ran = await offlineCli(context, { 'a.yaml': clean })('lint', 'a.yaml');
    assert.deepEqual(ran, { code: 0, stdout: '', stderr: '0 errors, 0 warnings\n' });
  });

  it('shows the line of an error with a caret and a hint, under the path that was given, and ends with 1', async (context) => {
    const { code, stdout, stderr } = await offlineCli(context, { 'api/a.yaml': broken })(
      'lint',
      'api/a.yaml',
    );
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^ERROR: a\.yaml: .*\n {2}--> api\/a\.yaml:8:\d+\n {3}8 \| .*kex.*\n {5}\| +\^\n {2}help: /,
    );
    assert.equal(stderr, '1 error, 1 warning\n');
  });

  it('takes a flag of its own before its word', async (context) => {
    const { code, stdout } = await offlineCli(context, { 'a.yaml': clean })(
      '--format=json',
      'lint',
      'a.yaml',
    );
    assert.deepEqual([code, stdout], [0, '[]\n']);
  });

  it('prefers the flag behind its word', async (context) => {
    const run = offlineCli(context, { 'a.yaml': clean });
    assert.equal((await run('--format=json', 'lint', '--format=text', 'a.yaml')).stdout, '');
  });

  for (const [flag, problem] of [
    ['--quiet', 'lint has no flag --quiet'],
    ['--format=csv(a)', "--format of lint is one of text, json, github, not 'csv(a)'"],
  ] as const)
    it(`refuses ${flag} before its word, which would have no effect`, async (context) => {
      const { code, stderr } = await offlineCli(context, { 'a.yaml': clean })(flag, 'lint', 'a.yaml');
      assert.deepEqual([code, stderr], [2, `ERROR: (gatehouse) ${problem}\n`]);
    });

  it('follows references to named files, above and by absolute names too', async (context) => {
    const referring = clean.replace('{ description: Books. }', '{ $ref: "../shared/r.yaml#/ok" }');
    const files = { 'api/a.yaml': referring, 'shared/r.yaml': 'ok: { description: Books. }' };
    const run = offlineCli(context, files);
    assert.equal((await run('lint', 'api/a.yaml', 'shared/r.yaml')).stderr, '0 errors, 0 warnings\n');
    assert.equal((await run('lint', 'api/../api/a.yaml', './shared/r.yaml')).code, 0);
  });

  it('ends with 0 for warnings', async (context) => {
    const { code, stdout, stderr } = await offlineCli(context, { 'a.yaml': warned })('lint', 'a.yaml');
    assert.deepEqual([code, stderr], [0, '0 errors, 1 warning\n']);
    assert.match(stdout, /^WARNING: /);
  });

  it('ends with 1 for warnings with --strict', async (context) => {
    const run = offlineCli(context, { 'warned.yaml': warned, 'clean.yaml': clean });
    assert.equal((await run('lint', '--strict', 'warned.yaml')).code, 1);
    assert.equal((await run('lint', '--strict', 'clean.yaml')).code, 0);
  });

  it('prints JSON for tools', async (context) => {
    const { stdout } = await offlineCli(context, { 'a.yaml': broken })('lint', '--format=json', 'a.yaml');
    const [finding] = JSON.parse(stdout) as { kind: string; source: { file: string; line: number } }[];
    assert.deepEqual([finding?.kind, finding?.source.file, finding?.source.line], ['error', 'a.yaml', 8]);
  });

  it('prints annotations for GitHub', async (context) => {
    const run = offlineCli(context, { 'api/a.yaml': broken });
    assert.match(
      (await run('lint', '--format=github', 'api/a.yaml')).stdout,
      /^::error file=api\/a\.yaml,line=8,/,
    );
  });

  for (const [fact, argv] of [
    ['no file', ['lint']],
    ['a file that is not there', ['lint', 'none.yaml']],
    ['an unknown format', ['lint', '--format=yaml', 'a.yaml']],
  ] as const)
    it(`ends with 2 for ${fact}`, async (context) => {
      const { code, stdout, stderr } = await offlineCli(context, { 'a.yaml': clean })(...argv);
      assert.deepEqual([code, stdout], [2, '']);
      assert.notEqual(stderr, '');
    });
});
