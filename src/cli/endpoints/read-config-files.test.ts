import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { compileFiles } from '../../service-config/compile.ts';
import { CliError } from '../cli-error.ts';
import { readConfigFiles } from './read-config-files.ts';
import type { DeployInput } from './read-config-files.ts';

const openApi2 = 'swagger: "2.0"\nhost: a.example.com\n';
const openApi3 =
  'openapi: 3.0.4\nservers:\n- url: https://b.example.com/v1\n  x-google-endpoint: {}\n- url: /x\n';
const serviceYaml = 'type: google.api.Service\nname: c.example.com\n';

function read(context: TestContext, files: Readonly<Record<string, string>>): DeployInput {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), contents);
  }
  return readConfigFiles(folder, Object.keys(files));
}

describe('readConfigFiles', () => {
  it('takes the defaults of variables in the URL of a server', (context) => {
    const server =
      'openapi: 3.0.4\nservers: [{url: "https://{stage}.example.com", variables: {stage: {default: api}}, x-google-endpoint: {}}]\n';
    assert.equal(read(context, { 'a.yaml': server }).serviceName, 'api.example.com');
  });

  for (const [fact, files, serviceName, types] of [
    ['OpenAPI 2.0', { 'a.yaml': openApi2 }, 'a.example.com', [3]],
    ['OpenAPI 2.0 in JSON', { 'a.json': '{"swagger":"2.0","host":"a.example.com"}' }, 'a.example.com', [3]],
    ['OpenAPI 3', { 'a.yml': openApi3 }, 'b.example.com', [3]],
    ['a service config with descriptors', { 'd.pb': '\0', 'c.yaml': serviceYaml }, 'c.example.com', [4, 1]],
    [
      'descriptors by any of their endings',
      { 'c.yaml': serviceYaml, 'd.proto.bin': '', 'e.DESCRIPTOR': '', 'f.proto': '' },
      'c.example.com',
      [1, 4, 4, 6],
    ],
    [
      'files that an OpenAPI document refers to, by their paths',
      { 'api/a.yaml': openApi2, 'types/t.yaml': 'a: {type: string}', 'p.json': '{"name":"x","in":"query"}' },
      'a.example.com',
      [3, 3, 3],
    ],
  ] as const)
    it(`takes ${fact}`, (context) => {
      const input = read(context, files);
      assert.ok(input.kind === 'sources');
      assert.equal(input.serviceName, serviceName);
      assert.deepEqual(
        input.files.map((file) => file.type),
        types,
      );
      assert.deepEqual(
        input.files.map((file) => file.path),
        Object.keys(files),
      );
    });

  it('sends files of one folder under their base names, wherever the folder is', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-cli-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'a.yaml'), openApi2);
    writeFileSync(join(folder, 't.yaml'), 'a: {type: string}');
    const input = readConfigFiles('/', [join(folder, 'a.yaml'), join(folder, 't.yaml')]);
    assert.ok(input.kind === 'sources');
    assert.deepEqual(
      input.files.map(({ path }) => path),
      ['a.yaml', 't.yaml'],
    );
  });

  it('sends references below another folder so that they compile as they do for lint', (context) => {
    const referring = `${openApi2}info: {title: T, version: 1.0.0}
paths:
  /a: {get: {operationId: a, responses: {200: {description: ok, schema: {$ref: "../types/t.yaml#/thing"}}}}}
`;
    const thing = 'thing: {type: object, properties: {id: {type: string}}}';
    const input = read(context, { 'api/a.yaml': referring, 'types/t.yaml': thing });
    assert.ok(input.kind === 'sources');
    const { service } = compileFiles(input.files, { producerProjectId: '' });
    assert.equal(service?.apis[0]?.methods[0]?.responseTypeUrl, 'type.googleapis.com/Thing');
  });

  it('takes a config that is compiled already', (context) => {
    const input = read(context, { 's.json': '{"name":"d.example.com","title":"T"}' });
    assert.deepEqual(input, {
      kind: 'normalized',
      serviceName: 'd.example.com',
      config: { name: 'd.example.com', title: 'T' },
    });
  });

  for (const [files, message] of [
    [
      { 'a.yaml': 'swagger: "2.0"' },
      'Malformed input. Found Swagger service config in file [a.yaml], but no host was specified. Add a host specification to the config file.',
    ],
    [{ 'a.yaml': '' }, 'Could not read JSON or YAML from service config file [a.yaml].'],
    [
      { 'a.yaml': 'color: red' },
      'Unable to parse Open API, or Google Service Configuration specification from a.yaml',
    ],
    [
      { 'a.txt': openApi2 },
      'Could not determine the content type of file [a.txt]. Supported extensions are .json .yaml .yml .pb and .descriptor',
    ],
    [
      { 'a.yaml': 'name: d.example.com', 'b.yaml': openApi2 },
      'Ambiguous input. Found normalized service configuration in file [a.yaml], but received multiple input files. To upload normalized service config, please provide it separately from other input files to avoid ambiguity.',
    ],
    [
      { 'a.yaml': openApi2, 'b.yaml': openApi3 },
      'OpenAPI 2.0 and OpenAPI 3.x files cannot be deployed together; convert them to one version.',
    ],
    [
      { 'a.yaml': 'openapi: 3.0.4\nservers: [{url: https://x.example.com}]' },
      'Malformed input. No server in file [a.yaml] has x-google-endpoint. Add it to the server whose URL names the service.',
    ],
    [
      {
        'a.yaml':
          'openapi: 3.0.4\nservers: [{url: https://x.example.com, x-google-endpoint: {}}, {url: https://y.example.com, x-google-endpoint: {}}]',
      },
      'Malformed input. 2 servers in file [a.yaml] have x-google-endpoint. Keep it on one.',
    ],
    [
      { 'a.yaml': 'openapi: 3.0.4\nservers: [{url: /v1, x-google-endpoint: {}}]' },
      'Malformed input. The server with x-google-endpoint in file [a.yaml] has no absolute URL. Give one such as https://api.example.com.',
    ],
    [
      { 'd.pb': '' },
      'No file tells the name of the service; give "host" (OpenAPI 2.0), a server with x-google-endpoint (3.x) or "name" (service config).',
    ],
  ] as const)
    it(`refuses with: ${message.slice(0, 60)}`, (context) => {
      assert.throws(
        () => read(context, files),
        (error) => error instanceof CliError && error.message === message,
      );
    });

  it('says why a file is no YAML', (context) => {
    assert.throws(
      () => read(context, { 'a.yaml': 'a: [' }),
      /^CliError: Could not read JSON or YAML from service config file \[a\.yaml\]\. ./,
    );
  });

  it('names a file that is not there', () => {
    assert.throws(
      () => readConfigFiles('/nowhere', ['a.yaml']),
      /Could not open service config file \[a\.yaml\]: ENOENT/,
    );
  });
});
