import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fromJson } from '@bufbuild/protobuf';
import type { JsonValue } from '@bufbuild/protobuf';
import { parse } from 'yaml';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { serviceRegistry } from '../../service-config/to-json.ts';
import { booksDocument as document } from '../testing/books-document.ts';
import { offlineCli } from '../testing/offline-cli.ts';

describe('compileCommand', () => {
  it('prints the config as JSON that reads back, and nothing else', async (context) => {
    const run = offlineCli(context, { 'openapi.yaml': document });
    const { code, stdout, stderr } = await run('compile', 'openapi.yaml', '--producer-project=p1');
    assert.deepEqual([code, stderr], [0, '']);
    const service = fromJson(ServiceSchema, JSON.parse(stdout) as JsonValue, { registry: serviceRegistry });
    assert.deepEqual(
      [service.name, service.producerProjectId, service.http?.rules[0]?.pattern],
      ['books.example.com', 'p1', { case: 'get', value: '/books' }],
    );
  });

  it('prints the same config as YAML', async (context) => {
    const run = offlineCli(context, { 'openapi.yaml': document });
    const json = await run('compile', 'openapi.yaml');
    const yaml = await run('compile', '--format=yaml', 'openapi.yaml');
    assert.deepEqual(parse(yaml.stdout, { version: '1.1' }), JSON.parse(json.stdout));
  });

  it('takes its own output as input and gives it back', async (context) => {
    const first = await offlineCli(context, { 'openapi.yaml': document })('compile', 'openapi.yaml');
    const second = await offlineCli(context, { 'service.json': first.stdout })('compile', 'service.json');
    assert.deepEqual(second, first);
  });

  it('prints warnings on stderr and succeeds', async (context) => {
    const open = document.replace('security: [{ key: [] }]', 'security: []');
    const { code, stdout, stderr } = await offlineCli(context, { 'a.yaml': open })('compile', 'a.yaml');
    assert.equal(code, 0);
    assert.match(stderr, /^WARNING: a\.yaml: Operation 'get' in path '\/books': /);
    assert.match(stdout, /^\{/);
  });

  it('prints errors on stderr, no config, and ends with 1', async (context) => {
    const broken = document.replace('operationId: list', 'operationId: [list]');
    const { code, stdout, stderr } = await offlineCli(context, { 'a.yaml': broken })('compile', 'a.yaml');
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, /^ERROR: /);
  });

  for (const [fact, argv, message] of [
    ['no file', ['compile'], /missing required argument 'files'/],
    ['a file that is not there', ['compile', 'none.yaml'], /cannot read none\.yaml: no such file/],
    ['a folder', ['compile', '.'], /cannot read \.: /],
    ['an unknown format', ['compile', 'a.yaml', '--format=xml'], /Allowed choices are json, yaml/],
  ] as const)
    it(`ends with 2 for ${fact}`, async (context) => {
      const { code, stdout, stderr } = await offlineCli(context, { 'a.yaml': document })(...argv);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });
});
