import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import { compileFiles } from '../compile.ts';
import { schemaType } from '../emit/schema-type.ts';
import { defaultSourceLimits } from '../source/limits.ts';
import { parseJson } from '../source/parse-json.ts';
import { SourceText } from '../source/source-text.ts';

const base = {
  openapi: '3.0.4',
  info: { title: 't', version: '1.0.0' },
  servers: [{ url: 'https://api.example.com', 'x-google-endpoint': {} }],
  'x-google-api-management': {},
  paths: {},
};

function compile(document: object, path = 'f.json') {
  const contents = new TextEncoder().encode(JSON.stringify(document));
  return compileFiles([{ path, contents }], { producerProjectId: 'p' });
}

describe('compileOpenapi3', () => {
  test('compiles 2,000 operations', () => {
    const paths = Array.from({ length: 2000 }, (_, at) => [
      `/things${at}/{id}`,
      {
        get: {
          operationId: `get${at}`,
          parameters: [{ $ref: '#/components/parameters/id' }],
          responses: { 200: { $ref: '#/components/responses/thing' } },
        },
      },
    ]);
    const content = { 'application/json': { schema: { $ref: '#/components/schemas/thing' } } };
    const { service } = compile({
      ...base,
      paths: Object.fromEntries(paths) as unknown,
      components: {
        parameters: { id: { name: 'id', in: 'path', required: true, schema: { type: 'string' } } },
        responses: { thing: { description: 'ok', content } },
        schemas: { thing: { type: 'object', properties: { id: { type: 'string' } } } },
      },
    });
    assert.equal(service?.apis[0]?.methods.length, 2000);
    assert.equal(service.http?.rules[0]?.pattern.value, '/things0/{id}');
  });

  test('refuses a form whose fields many operations would multiply, once', () => {
    const names = Array.from({ length: 100 }, (_, at) => `n${at}`);
    const paths = names.map((name) => [
      `/${name}`,
      {
        post: { operationId: name, requestBody: { $ref: '#/components/requestBodies/form' }, responses: {} },
      },
    ]);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }])) as unknown;
    const form = { content: { 'multipart/form-data': { schema: { type: 'object', properties } } } };
    const document = {
      ...base,
      paths: Object.fromEntries(paths) as unknown,
      components: { requestBodies: { form } },
    };
    const contents = new TextEncoder().encode(JSON.stringify(document));
    const errors = (maxSharedValues: number): string[] =>
      compileFiles([{ path: 'f.json', contents }], {
        producerProjectId: '',
        limits: { ...defaultSourceLimits, maxSharedValues },
      })
        .diagnostics.filter(({ kind }) => kind === 'error')
        .map(({ rule }) => rule);
    assert.deepEqual([errors(9_999), errors(10_000)], [['config-size'], []]);
  });

  test('takes the service name of the endpoint, and refuses another that the caller knows', () => {
    const contents = new TextEncoder().encode(JSON.stringify(base));
    const options = { producerProjectId: 'p', serviceName: 'other.example.com' };
    const { diagnostics } = compileFiles([{ path: 'f.json', contents }], options);
    assert.deepEqual(
      diagnostics.map(({ rule, source }) => [rule, source?.line]),
      [['service-name-differs', 1]],
    );
  });

  test('follows a chain of references to its end and no further than the limit', () => {
    const chain = (length: number): object => ({
      ...base,
      paths: {
        '/a': {
          post: { operationId: 'a', requestBody: { $ref: '#/components/requestBodies/r0' }, responses: {} },
        },
      },
      components: {
        requestBodies: Object.fromEntries(
          Array.from({ length }, (_, at) => [
            `r${at}`,
            at === length - 1 ? { content: {} } : { $ref: `#/components/requestBodies/r${at + 1}` },
          ]),
        ) as unknown,
      },
    });
    assert.ok(compile(chain(defaultSourceLimits.maxReferenceHops)).service !== undefined);
    const { diagnostics } = compile(chain(defaultSourceLimits.maxReferenceHops + 2));
    assert.deepEqual(
      diagnostics.filter(({ kind }) => kind === 'error').map(({ rule }) => rule),
      ['reference-circular'],
    );
  });

  test('throws at nothing, whatever a document has in place of what is expected', () => {
    const keys = fc.constantFrom(
      ...'servers url variables x-google-endpoint paths /a get operationId parameters requestBody'.split(' '),
      ...'content application/json schema $ref responses 200 security components securitySchemes schemas'.split(
        ' ',
      ),
      ...'type x-google-auth audiences jwtLocations x-google-backend x-google-quota metricCosts'.split(' '),
      ...'x-google-api-management backends metrics quota limits values apiName allowCors name in'.split(' '),
      ...'x-google-parameter pattern x-gatehouse-allow x-gatehouse-audiences flows __proto__ constructor'.split(
        ' ',
      ),
      ...'properties items additionalProperties oneOf application/x-www-form-urlencoded default'.split(' '),
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 6 },
        fc.constantFrom(
          '3.1.0',
          '#/components/schemas/a',
          '#/paths',
          'oauth2',
          'apiKey',
          'https://{a}',
          '**',
        ),
        fc.constantFrom('array', 'object', 'path', 7, true, null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 6 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(keys, tree), (value) => {
        const { service, diagnostics } = compile({ ...base, ...value, openapi: '3.1.0' });
        assert.equal(
          service === undefined,
          diagnostics.some(({ kind }) => kind === 'error'),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('schemaType', () => {
  const types: ReadonlyArray<readonly [schema: string, type: string | undefined]> = [
    ['{"type": "string"}', 'string'],
    ['{"type": ["string", "null"]}', 'string'],
    ['{"type": ["null", "object", "null"]}', 'object'],
    ['{"type": ["string", "integer"]}', undefined],
    ['{"type": ["null"]}', undefined],
    ['{"type": []}', undefined],
    ['{"type": [7, "string"]}', undefined],
    ['{}', undefined],
    ['[]', undefined],
  ];
  for (const [schema, type] of types) {
    test(`is ${type ?? 'undefined'} for ${schema}`, () => {
      const node = parseJson(new SourceText('f.json', schema), defaultSourceLimits);
      assert.equal(schemaType(node), type);
    });
  }
});
