import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { offlineCli } from '../testing/offline-cli.ts';

const document = `# Books
swagger: "2.0"
info: {title: Books, version: 1.0.0}
host: books.example.com
paths:
  /books:
    get:
      operationId: list
      security: [{key: []}]
      responses: {"200": {description: Books.}}
securityDefinitions:
  key: {type: apiKey, name: key, in: query}
`;

describe('convertCommand', () => {
  it('prints a document that compiles to the same config, and nothing else', async (context) => {
    const converted = await offlineCli(context, { 'api.yaml': document })('convert', 'api.yaml');
    assert.deepEqual([converted.code, converted.stderr], [0, '']);
    assert.match(converted.stdout, /^# Books\nopenapi: 3\.0\.4\n/);
    const before = await offlineCli(context, { 'api.yaml': document })('compile', 'api.yaml');
    const after = await offlineCli(context, { 'api.yaml': converted.stdout })('compile', 'api.yaml');
    assert.deepEqual(after, before);
  });

  it('prints 3.1 and JSON when asked', async (context) => {
    const run = offlineCli(context, { 'api.yaml': document });
    const { stdout } = await run('convert', '--to=3.1', '--format=json', 'api.yaml');
    assert.equal((JSON.parse(stdout) as { openapi: string }).openapi, '3.1.1');
  });

  it('prints what is lost on stderr, with its place, and succeeds', async (context) => {
    const run = offlineCli(context, { 'api.yaml': `${document}x-google-deprecated: true\n` });
    const { code, stdout, stderr } = await run('convert', 'api.yaml');
    assert.equal(code, 0);
    assert.match(stdout, /^openapi: /m);
    assert.match(stderr, /^WARNING: api\.yaml: .* \[convert-deprecated\]\n {2}--> api\.yaml:13:/);
  });

  it('prints the document and ends with 1 when something has to be put right', async (context) => {
    const run = offlineCli(context, { 'api.yaml': document.replace(/host.*\n/, '') });
    const { code, stdout, stderr } = await run('convert', 'api.yaml');
    assert.equal(code, 1);
    assert.match(stdout, /^openapi: /m);
    assert.match(stderr, /\[convert-host-missing\]/);
  });

  it('ends with 1 and prints no document for one of 3.x', async (context) => {
    const { code, stdout, stderr } = await offlineCli(context, { 'api.yaml': 'openapi: 3.0.4\n' })(
      'convert',
      'api.yaml',
    );
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /already/);
  });

  for (const [fact, argv] of [
    ['no file', ['convert']],
    ['an unknown version', ['convert', '--to=2.0', 'api.yaml']],
    ['a file that is not there', ['convert', 'none.yaml']],
  ] as const)
    it(`ends with 2 for ${fact}`, async (context) => {
      const { code, stdout } = await offlineCli(context, { 'api.yaml': document })(...argv);
      assert.deepEqual([code, stdout], [2, '']);
    });
});
