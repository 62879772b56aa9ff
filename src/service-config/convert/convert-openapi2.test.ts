import assert from 'node:assert/strict';
import { existsSync, globSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';

import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { parse } from 'yaml';

import { compileFiles } from '../compile.ts';
import type { SourceFile } from '../compile.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import { serviceToJson } from '../to-json.ts';
import { convertLimits, convertOpenapi2 } from './convert-openapi2.ts';
import type { TargetVersion } from './conversion.ts';

const goldenFolder = join(import.meta.dirname, '../golden');
const update = process['env']['UPDATE_GOLDEN'] === '1';
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function convert(text: string, to: TargetVersion = '3.0', format: 'yaml' | 'json' = 'yaml') {
  return convertOpenapi2({ path: 'f.yaml', contents: encode(text) }, { to, format });
}

/** Compares with a file, or writes it. Undefined and empty must have none. */
function compare(path: string, actual: string | undefined): void {
  const text = actual === '' ? undefined : actual;
  if (update) {
    if (text === undefined) rmSync(path, { force: true });
    else writeFileSync(path, text);
  }
  assert.equal(text, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
}

describe('convertOpenapi2 of golden/convert', () => {
  const folder = join(goldenFolder, 'convert');
  for (const name of globSync('*.openapi2.yaml', { cwd: folder }).sort()) {
    const stem = join(folder, name.replace('.openapi2.yaml', ''));
    const file = { path: `${basename(stem)}.yaml`, contents: readFileSync(join(folder, name)) };
    for (const to of ['3.0', '3.1'] as const) {
      test(`${basename(stem)} to ${to}`, () => {
        const { text, diagnostics } = convertOpenapi2(file, { to, format: 'yaml' });
        compare(`${stem}.${to}.yaml`, text);
        compare(`${stem}.losses.txt`, renderDiagnostics(diagnostics, 'text', [file]));
      });
    }
  }
});

/** Submitted files of every 2.0 golden that compiles. */
function compiling(): ReadonlyArray<readonly [name: string, files: readonly SourceFile[]]> {
  const folder = join(goldenFolder, 'openapi2');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.out.json'))
    .map((name) => {
      const stem = name.replace('.out.json', '');
      const input = readdirSync(folder).find((other) => new RegExp(`^${stem}\\.in(\\.\\w+)?$`).test(other));
      const path = join(folder, input as string);
      if (!statSync(path).isDirectory())
        return [stem, [{ path: (input as string).replace('.in.', '.'), contents: readFileSync(path) }]];
      const files = globSync('**/*.*', { cwd: path }).sort();
      return [stem, files.map((file) => ({ path: file, contents: readFileSync(join(path, file)) }))];
    });
}

/** Goldens that lose something on purpose, with the rule that says so. */
const losing: ReadonlyMap<string, string> = new Map([
  ['deprecated', 'convert-deprecated'],
  ['references-between-files', 'convert-reference'],
  ['unknown-fields', 'convert-foreign-field'],
]);

describe('a converted document', () => {
  for (const [name, files] of compiling()) {
    for (const to of ['3.0', '3.1'] as const) {
      test(`compiles to the config of golden/openapi2/${name} (${to})`, (context) => {
        const isJson = files.some(({ path }) => path.endsWith('.json'));
        const converted = files.map((file) => {
          const result = convertOpenapi2(file, { to, format: isJson ? 'json' : 'yaml' });
          const rule = losing.get(name);
          for (const diagnostic of result.diagnostics)
            if (result.text !== undefined) assert.equal(diagnostic.rule, rule, diagnostic.message);
          return result.text === undefined ? file : { ...file, contents: encode(result.text) };
        });
        if (losing.get(name) === 'convert-reference') {
          context.diagnostic('its other files are not converted');
          return;
        }
        const options = { producerProjectId: 'p' };
        const [before, after] = [compileFiles(files, options), compileFiles(converted, options)];
        assert.ok(before.service !== undefined);
        assert.ok(after.service !== undefined, renderDiagnostics(after.diagnostics, 'text', converted));
        assert.deepEqual(
          comparable(serviceToJson(after.service) as JsonObject, files),
          comparable(serviceToJson(before.service) as JsonObject, files),
        );
      });
    }
  }
});

/**
 * A config without the differences that docs/reference/openapi.md lists: fields for headers, the name of a body, the order
 * of a request's fields, blanks between audiences, the flag of a deprecated API, capitals in the host.
 */
function comparable(json: JsonObject, files: readonly SourceFile[]): unknown {
  const host = String(json['name']);
  const lower = (text: string, name: string): string => text.replaceAll(name, name.toLowerCase());
  const text = lower(lower(JSON.stringify(json), host), host.replace(/[^A-Za-z0-9]/g, '_'));
  const service = JSON.parse(text) as JsonObject;
  const headers = headerNames(files);
  const bodies = new Map(list(service['http'], 'rules').map(({ selector, body }) => [selector, body]));
  for (const rule of list(service['http'], 'rules')) if (rule['body']) rule['body'] = 'body';
  for (const [selector, body] of bodies) {
    const method = String(selector).split('.').at(-1);
    const request = list(service, 'types').find(({ name }) => name === `${method}Request`);
    const fields = list(request, 'fields').filter(({ jsonName }) => !headers.has(jsonName as string));
    const named = fields.map((field) =>
      field['name'] === body ? { ...field, name: 'body', jsonName: 'body' } : field,
    );
    if (request !== undefined)
      request['fields'] = named
        .map((field) => ({ ...field, number: 0 }))
        .sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
  }
  for (const api of list(service, 'apis')) delete api['options'];
  for (const holder of audienceHolders(service))
    if (typeof holder['audiences'] === 'string')
      holder['audiences'] = holder['audiences'].replace(/, +/g, ',');
  return service;
}

function audienceHolders(service: JsonObject): JsonObject[] {
  const rules = list(service['authentication'], 'rules').flatMap((rule) => list(rule, 'requirements'));
  return [...rules, ...list(service['authentication'], 'providers')];
}

function list(parent: JsonValue | undefined, key: string): JsonObject[] {
  return ((parent as JsonObject | undefined)?.[key] ?? []) as JsonObject[];
}

function headerNames(files: readonly SourceFile[]): ReadonlySet<string> {
  const names = files.flatMap(({ contents }) =>
    [...new TextDecoder().decode(contents).matchAll(/name: ([\w-]+), in: header, type/g)].map(
      ([, name]) => name,
    ),
  );
  return new Set(names as string[]);
}

const minimal = 'swagger: "2.0"\ninfo: {title: t, version: "1"}\nhost: api.example.com\npaths: {}\n';

describe('convertOpenapi2', () => {
  test('prints JSON with keys in their order', () => {
    const { text } = convert(`${minimal}x-a: {b: 1, "10": 2, "9": 3, __proto__: 4}\n`, '3.0', 'json');
    assert.match(text as string, /"b": 1,\s+"10": 2,\s+"9": 3,\s+"__proto__": 4/);
    assert.equal((JSON.parse(text as string) as JsonObject)['openapi'], '3.0.4');
  });

  test('keeps comments and what it does not change', () => {
    const { text } = convert(`# first\n${minimal}# last\nx-mine: [1,   2] # odd\n`);
    for (const kept of ['# first', '# last', '# odd']) assert.ok(text?.includes(kept), kept);
  });

  test('writes aliases and merge keys out', () => {
    const text = `${minimal.replace('paths: {}\n', '')}x-base: &base {summary: s, deprecated: true}\npaths:\n  /a: {get: {<<: *base, summary: own, operationId: a, responses: {"200": {description: ok}}}}\n`;
    const converted = parse(convert(text).text as string) as { paths: { '/a': { get: JsonObject } } };
    assert.deepEqual(converted.paths['/a'].get, {
      summary: 'own',
      operationId: 'a',
      responses: { 200: { description: 'ok' } },
      deprecated: true,
    });
  });

  const unreadable: ReadonlyArray<readonly [name: string, text: string, rule: string]> = [
    ['a document of 3.x', 'openapi: 3.1.0\n', 'convert-input'],
    ['something else', 'a: 1\n', 'convert-input'],
    ['a duplicate key', `${minimal}host: again\n`, 'unreadable'],
    ['nesting too deep', `${minimal}x: ${'['.repeat(200)}${']'.repeat(200)}\n`, 'unreadable'],
    ['an alias within itself', `${minimal}x: &a [*a]\n`, 'unreadable'],
    ['too many bytes', `${minimal}#${'x'.repeat(convertLimits.maxFileBytes)}`, 'unreadable'],
  ];
  for (const [name, text, rule] of unreadable) {
    test(`refuses ${name}`, () => {
      const result = convert(text);
      assert.equal(result.text, undefined);
      assert.deepEqual(
        result.diagnostics.map((diagnostic) => diagnostic.rule),
        [rule],
      );
    });
  }

  test('throws at nothing, whatever a document has in place of what is expected', () => {
    const keys = fc.constantFrom(
      ...'host basePath schemes paths /a get post parameters in name schema $ref responses 200 security'.split(
        ' ',
      ),
      ...'securityDefinitions type x-google-backend x-google-quota x-google-management definitions'.split(
        ' ',
      ),
      ...'properties items allOf metrics limits quota x-security x-google-endpoints examples headers'.split(
        ' ',
      ),
      ...'__proto__ constructor << x-google-audiences consumes values'.split(' '),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(
          '#/definitions/a',
          '#/parameters/a',
          'oauth2',
          'apiKey',
          'array',
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
        const { text, diagnostics } = convert(JSON.stringify({ swagger: '2.0', ...value }), '3.1');
        assert.ok(text !== undefined || diagnostics.length > 0);
      }),
      { numRuns: 300 },
    );
  });
});
