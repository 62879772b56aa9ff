import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import type { JsonObject } from '@bufbuild/protobuf';
import { startFakeControlPlane } from '../testing/fake-control-plane.ts';
import type { FakeControlPlane } from '../testing/fake-control-plane.ts';
import { booksDocument as document } from '../testing/books-document.ts';
import { offlineCli } from '../testing/offline-cli.ts';

const open = document.replace('security: [{ key: [] }]', 'security: []');
const sentence = /GET \/books no longer needs an API key/;

/** The config of the document as a server has it. */
async function stored(context: TestContext, text: string): Promise<JsonObject> {
  const { stdout } = await offlineCli(context, { 'a.yaml': text })(
    'compile',
    'a.yaml',
    '--producer-project=p1',
  );
  return { ...(JSON.parse(stdout) as JsonObject), id: '2026-01-31r0' };
}

async function start(
  context: TestContext,
  script: Parameters<typeof startFakeControlPlane>[1],
): Promise<FakeControlPlane> {
  const plane = await startFakeControlPlane(context, script);
  writeFileSync(join(plane.folder, 'openapi.yaml'), open);
  return plane;
}

describe('diffCommand', () => {
  it('prints nothing for the same API in another file and ends with 0', async (context) => {
    const run = offlineCli(context, { 'a.yaml': document, 'b.yaml': `# Another file.\n${document}` });
    assert.deepEqual(await run('diff', 'a.yaml', 'b.yaml'), { code: 0, stdout: '', stderr: '' });
  });

  it('says what changes for callers and ends with 1', async (context) => {
    const run = offlineCli(context, { 'old.yaml': document, 'new.yaml': open });
    const { code, stdout, stderr } = await run('diff', 'old.yaml', 'new.yaml');
    assert.deepEqual([code, stderr], [1, '']);
    assert.match(stdout, /^WEAKENED SECURITY\n {2}GET \/books no longer needs an API key/);
  });

  it('compares a document with a whole config, and prints JSON', async (context) => {
    const run = offlineCli(context, {
      'old.json': JSON.stringify(await stored(context, document)),
      'new.yaml': open,
    });
    const { code, stdout } = await run('diff', '--format=json', 'old.json', 'new.yaml');
    assert.equal(code, 1);
    const { callers, elements } = JSON.parse(stdout) as { callers: JsonObject[]; elements: JsonObject[] };
    assert.deepEqual(
      [callers.map(({ severity }) => severity), elements.map(({ type }) => type)],
      [['weakened-security'], ['added']],
    );
  });

  it('fetches the config that is named', async (context) => {
    const plane = await start(context, {
      'GET /v1/services/books.example.com/configs/2026-01-31r0': [await stored(context, document)],
    });
    const { code, stdout, stderr } = await plane.run([
      'diff',
      'books.example.com@2026-01-31r0',
      'openapi.yaml',
    ]);
    assert.equal(code, 1, stderr);
    assert.match(stdout, sentence);
  });

  it('fetches the newest config', async (context) => {
    const plane = await start(context, {
      'GET /v1/services/books.example.com/configs?pageSize=1': [
        { serviceConfigs: [await stored(context, open)] },
      ],
    });
    const { code, stdout, stderr } = await plane.run(['diff', 'books.example.com@', 'openapi.yaml']);
    assert.deepEqual([code, stdout, stderr], [0, '', '']);
  });

  it('takes the flags of the connection before its word too', async (context) => {
    const plane = await start(context, {});
    const run = ['--endpoint', 'http://127.0.0.1:1', 'diff', 'books.example.com@', 'openapi.yaml'];
    const { code, stderr } = await plane.run(run);
    assert.equal(code, 2);
    assert.match(stderr, /cannot reach the control plane at http:\/\/127\.0\.0\.1:1 /);
    assert.deepEqual(plane.calls, []);
  });

  it('takes a file with such a name before a config of the control plane', async (context) => {
    const plane = await start(context, {});
    writeFileSync(join(plane.folder, 'a@b.yaml'), open);
    const { code, stderr } = await plane.run(['diff', 'a@b.yaml', 'openapi.yaml']);
    assert.deepEqual([code, stderr, plane.calls], [0, '', []]);
  });

  it('ends with 2 when the service has no config', async (context) => {
    const plane = await start(context, { 'GET /v1/services/books.example.com/configs?pageSize=1': [{}] });
    const { code, stderr } = await plane.run(['diff', 'books.example.com@', 'openapi.yaml']);
    assert.equal(code, 2);
    assert.match(stderr, /service books\.example\.com has no config yet/);
  });

  it('ends with 2 for a refusal of the server, with what to do about it', async (context) => {
    const plane = await start(context, {
      'GET /v1/services/books.example.com/configs/c1': [
        { status: 401, body: { error: { code: 401, status: 'UNAUTHENTICATED', message: 'no' } } },
      ],
    });
    const { code, stderr } = await plane.run(['diff', 'books.example.com@c1', 'openapi.yaml']);
    assert.equal(code, 2);
    assert.match(stderr, /^ERROR: \(gatehouse\.diff\) UNAUTHENTICATED: no Use another token/);
  });

  it('ends with 2 for a config that it cannot read', async (context) => {
    const plane = await start(context, {
      'GET /v1/services/books.example.com/configs/c1': [{ apis: 'none' }],
    });
    const { code, stderr } = await plane.run(['diff', 'books.example.com@c1', 'openapi.yaml']);
    assert.equal(code, 2);
    assert.match(stderr, /config books\.example\.com@c1 cannot be read: /);
  });

  it('prints the findings of a document that does not compile and ends with 2', async (context) => {
    const run = offlineCli(context, {
      'old.yaml': document,
      'new.yaml': document.replace('{ key:', '{ kex:'),
    });
    const { code, stdout, stderr } = await run('diff', 'old.yaml', 'new.yaml');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^ERROR: new\.yaml: .*\n {2}--> new\.yaml:8:/);
    assert.match(stderr, /ERROR: \(gatehouse\.diff\) new\.yaml does not compile\n$/);
  });

  for (const [fact, argv] of [
    ['one operand', ['diff', 'a.yaml']],
    ['three operands', ['diff', 'a.yaml', 'a.yaml', 'a.yaml']],
    ['a file that is not there', ['diff', 'a.yaml', 'none.yaml']],
    ['a config without a control plane', ['diff', 'a.yaml', 'books.example.com@']],
    ['an unknown format', ['diff', '--format=yaml', 'a.yaml', 'a.yaml']],
  ] as const)
    it(`ends with 2 for ${fact}`, async (context) => {
      const { code, stdout, stderr } = await offlineCli(context, { 'a.yaml': document })(...argv);
      assert.deepEqual([code, stdout], [2, '']);
      assert.notEqual(stderr, '');
    });
});
