import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { equals } from '@bufbuild/protobuf';
import fc from 'fast-check';

import { ServiceSchema } from '../gen/google/api/service_pb.ts';
import { compileFiles } from './compile.ts';
import type { CompileOptions } from './compile.ts';
import { createContext } from './context.ts';
import { DiagnosticCollector } from './diagnostics/collector.ts';
import { Origins } from './model/origins.ts';
import { readMessage } from './proto-input/read-message.ts';
import { checkService } from './rules/check-service.ts';
import { defaultSourceLimits } from './source/limits.ts';
import { parseJson } from './source/parse-json.ts';
import { SourceText } from './source/source-text.ts';
import { serviceRegistry, serviceToJson } from './to-json.ts';

const options: CompileOptions = { producerProjectId: 'p' };
const goldenFolder = join(import.meta.dirname, 'golden');
const goldenTexts = globSync('**/*.{yaml,json}', { cwd: goldenFolder })
  .filter((name) => name.includes('.in'))
  .map((name) => readFileSync(join(goldenFolder, name), 'utf8'));

function compile(text: string, overrides: Partial<CompileOptions> = {}, path = 'f.yaml') {
  return compileFiles([{ path, contents: new TextEncoder().encode(text) }], { ...options, ...overrides });
}

/** A document with `count` operations. */
function documentOf(count: number): string {
  const paths = Array.from({ length: count }, (_, at) => [
    `/things${at}/{id}`,
    {
      get: {
        operationId: `get${at}`,
        parameters: [{ name: 'id', in: 'path', required: true, type: 'string' }],
        responses: { 200: { description: 'ok', schema: { $ref: '#/definitions/thing' } } },
      },
    },
  ]);
  return JSON.stringify({
    swagger: '2.0',
    info: { title: 't', version: '1.0.0' },
    host: 'api.example.com',
    paths: Object.fromEntries(paths) as unknown,
    definitions: { thing: { type: 'object', properties: { id: { type: 'string' } } } },
  });
}

const minimal = 'swagger: "2.0"\ninfo: {title: t, version: "1"}\nhost: api.example.com\npaths: {}\n';

describe('compileFiles', () => {
  test('gives equal results for equal input', () => {
    for (const text of goldenTexts) {
      const [first, second] = [compile(text), compile(text)];
      assert.deepEqual(first.diagnostics, second.diagnostics);
      assert.equal(first.service === undefined, second.service === undefined);
      if (first.service && second.service) assert.ok(equals(ServiceSchema, first.service, second.service));
    }
  });

  test('has a service exactly when nothing is an error', () => {
    for (const text of goldenTexts) {
      const { service, diagnostics } = compile(text);
      assert.equal(
        service === undefined,
        diagnostics.some(({ kind }) => kind === 'error'),
      );
    }
  });

  test('makes configs that read back from their JSON unchanged and break no rule', () => {
    for (const text of goldenTexts) {
      const { service } = compile(text);
      if (service === undefined) continue;
      const source = new SourceText('service.json', JSON.stringify(serviceToJson(service)));
      const diagnostics = new DiagnosticCollector();
      const origins = new Origins();
      const again = readMessage(ServiceSchema, parseJson(source, defaultSourceLimits), {
        origins,
        location: 'service.json',
        registry: serviceRegistry,
        problem: (problem) => assert.fail(problem),
      });
      assert.ok(equals(ServiceSchema, again, service));
      checkService(again, { ...createContext(options, diagnostics), origins });
      assert.equal(diagnostics.hasErrors, false);
    }
  });

  test('places every finding within its file', () => {
    for (const text of goldenTexts) {
      const lines = text.split('\n');
      for (const { source } of compile(text).diagnostics) {
        if (source === undefined) continue;
        assert.equal(source.file, 'f.yaml');
        assert.ok(source.line >= 1 && source.line <= lines.length);
        assert.ok(source.column >= 1 && source.column <= (lines[source.line - 1] as string).length + 1);
      }
    }
  });

  test('throws at nothing, however a document is damaged', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...goldenTexts), fc.array(fc.tuple(fc.nat(), fc.nat(30), fragments)))
      .map(([text, edits]) =>
        edits.reduce((result, [at, length, fragment]) => {
          const start = at % (result.length + 1);
          return result.slice(0, start) + fragment + result.slice(start + length);
        }, text),
      );
    fc.assert(
      fc.property(damaged, (text) => void compile(text)),
      { numRuns: 500 },
    );
  });

  test('throws at nothing, whatever a document has in place of what is expected', () => {
    const keys = fc.constantFrom(
      ...'swagger info title version host basePath paths /a get operationId parameters in name schema $ref responses'.split(
        ' ',
      ),
      ...'200 security securityDefinitions type x-google-backend x-google-quota x-google-management definitions'.split(
        ' ',
      ),
      ...'properties items additionalProperties allOf metrics limits quota x-security x-google-endpoints'.split(
        ' ',
      ),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(
          '2.0',
          '#/definitions/a',
          '#/paths',
          'oauth2',
          'apiKey',
          'array',
          'object',
          'body',
          7,
          true,
          null,
        ),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(keys, tree), (value) => {
        compile(
          JSON.stringify({ info: { title: 't', version: '1' }, ...value, swagger: '2.0' }),
          {},
          'f.json',
        );
      }),
      { numRuns: 500 },
    );
  });

  test('takes the service name that the caller knows when there is no host', () => {
    const { service } = compile(minimal.replace(/host.*\n/, ''), { serviceName: 'known.example.com' });
    assert.equal(service?.name, 'known.example.com');
    assert.equal(service.apis[0]?.name, '1.known_example_com');
  });

  test('refuses a host that is not the service name the caller knows', () => {
    const { diagnostics } = compile(minimal, { serviceName: 'known.example.com' });
    assert.deepEqual(
      diagnostics.map(({ rule, source }) => [rule, source?.line]),
      [['service-name-differs', 3]],
    );
  });

  test('leaves an empty producer project out', () => {
    assert.equal(compile(minimal, { producerProjectId: '' }).service?.producerProjectId, '');
  });

  test('compiles 2,000 operations', () => {
    const { service } = compile(documentOf(2000), {}, 'f.json');
    assert.equal(service?.apis[0]?.methods.length, 2000);
    assert.equal(service.http?.rules.length, 2000);
    assert.equal(service.usage?.rules.length, 2000);
  });

  const tooMuch: ReadonlyArray<
    readonly [name: string, limit: Partial<typeof defaultSourceLimits>, rule: string]
  > = [
    ['a file of too many bytes', { maxFileBytes: minimal.length - 1 }, 'unreadable'],
    ['files of too many bytes together', { maxTotalBytes: minimal.length - 1 }, 'input-size'],
    ['too many files', { maxFiles: 0 }, 'input-size'],
    ['nesting too deep', { maxDepth: 1 }, 'unreadable'],
    ['too many values', { maxExpandedNodes: 3, maxComplexYamlTokens: 1000 }, 'unreadable'],
    ['too long a config', { maxConfigChars: 1000 }, 'config-size'],
  ];
  for (const [name, limit, rule] of tooMuch) {
    test(`refuses ${name}`, () => {
      const { diagnostics } = compile(minimal, { limits: { ...defaultSourceLimits, ...limit } });
      assert.deepEqual(
        diagnostics.map((diagnostic) => diagnostic.rule),
        [rule],
      );
    });
  }

  test('answers a path of 100,000 segments with a finding', () => {
    const paths = { ['/{a}'.repeat(100_000)]: { get: { operationId: 'a', responses: {} } } };
    const { diagnostics } = compile(
      JSON.stringify({ ...(JSON.parse(documentOf(0)) as object), paths }),
      {},
      'f.json',
    );
    assert.deepEqual(
      diagnostics.filter(({ kind }) => kind === 'error').map(({ rule }) => rule),
      ['path-template'],
    );
  });

  test('counts the values of all files together', () => {
    const fragment = { path: 'b.yaml', contents: new TextEncoder().encode('[1, 2, 3, 4, 5]') };
    const files = [{ path: 'f.yaml', contents: new TextEncoder().encode(minimal) }, fragment];
    const limits = { ...defaultSourceLimits, maxExpandedNodes: 12, maxComplexYamlTokens: 100 };
    assert.deepEqual(
      compileFiles(files, { ...options, limits }).diagnostics.map(({ rule, source }) => [rule, source?.file]),
      [['unreadable', 'b.yaml']],
    );
    assert.equal(compileFiles(files.slice(0, 1), { ...options, limits }).service?.name, 'api.example.com');
  });

  test('refuses a list at the root that hundreds of operations would multiply, once', () => {
    const document = {
      ...(JSON.parse(documentOf(200)) as object),
      securityDefinitions: { api_key: { type: 'apiKey', name: 'key', in: 'query' } },
      security: [{ api_key: [] }],
    };
    const limits = { ...defaultSourceLimits, maxSharedValues: 100 };
    const { diagnostics } = compile(JSON.stringify(document), { limits }, 'f.json');
    assert.deepEqual(
      diagnostics.filter(({ kind }) => kind === 'error').map(({ rule, message }) => [rule, message]),
      [['config-size', 'The operations together have more than 100 security schemes and form fields.']],
    );
  });

  test('refuses bytes that are not UTF-8', () => {
    const { diagnostics } = compileFiles(
      [{ path: 'f.yaml', contents: new Uint8Array([0xc3, 0x28]) }],
      options,
    );
    assert.equal(diagnostics[0]?.message, 'Unable to parse the content. The file is not UTF-8 text.');
  });

  test('reads line ends of Windows as it reads others, and counts columns alike', () => {
    const [unix, windows] = [minimal, minimal.replaceAll('\n', '\r\n')].map((text) =>
      compile(`${text}x-google-allow: some\nx-note: |\n  a\n  b\n`),
    );
    assert.deepEqual(windows, unix);
    assert.equal(unix?.diagnostics[0]?.source?.line, 5);
  });

  test('refuses one path submitted twice', () => {
    const contents = new TextEncoder().encode(minimal);
    const files = [
      { path: 'f.yaml', contents },
      { path: './f.yaml', contents },
    ];
    assert.equal(compileFiles(files, options).diagnostics[0]?.rule, 'file-twice');
  });

  test('has nothing to compile in no files', () => {
    assert.equal(compileFiles([], options).diagnostics[0]?.rule, 'no-spec');
  });
});

const fragments = fc.oneof(
  fc.constantFrom(
    '',
    '\n',
    '  ',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '"',
    '#',
    '&a ',
    '*a',
    '$ref: "#/"',
    'null',
    '\u0000',
    '!',
    '|',
  ),
  fc.string({ maxLength: 5 }),
);
