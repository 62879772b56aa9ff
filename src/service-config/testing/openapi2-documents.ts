import fc from 'fast-check';

/** Small OpenAPI 2.0 documents with paths, parameters, types, security, backends and quota. Most of them compile. */
export const openapi2Documents: fc.Arbitrary<unknown> = fc
  .record({
    host: fc.constantFrom('echo.endpoints.example.cloud.goog', 'api.example.com'),
    version: fc.constantFrom('1.0.0', 'v1', '2.3'),
    basePath: fc.constantFrom(undefined, '/', '/base'),
    allowAll: fc.boolean(),
    hasQuota: fc.boolean(),
    rootSecurity: fc.constantFrom(undefined, [{ api_key: [] }], [{ jwt: [] }], [{ jwt: [], api_key: [] }]),
    backend: fc.constantFrom(undefined, { address: 'https://backend.example.com' }),
    operations: fc.uniqueArray(operationArbitrary(), {
      maxLength: 6,
      selector: ({ path, verb }) => `${verb} ${path}`,
    }),
    definitions: fc.dictionary(fc.constantFrom('Shelf', 'book', 'page_list'), schemaArbitrary(), {
      maxKeys: 3,
    }),
  })
  .map(toDocument);

type Operation = ReturnType<typeof operationArbitrary> extends fc.Arbitrary<infer T> ? T : never;

function operationArbitrary() {
  return fc.record({
    path: fc.constantFrom(
      '/shelves',
      '/shelves/{shelfId}',
      '/shelves/{shelfId}/books/{book_id}',
      '/a/b',
      '/',
    ),
    verb: fc.constantFrom('get', 'put', 'post', 'delete', 'patch', 'head', 'options'),
    query: fc.uniqueArray(fc.constantFrom('pageSize', 'filter', 'order_by'), { maxLength: 2 }),
    body: fc.option(schemaArbitrary(), { nil: undefined }),
    response: fc.option(schemaArbitrary(), { nil: undefined }),
    security: fc.constantFrom(undefined, [], [{ jwt: [] }, { api_key: [] }], [{ api_key: [] }]),
    cost: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
    deadline: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
    isDeprecated: fc.boolean(),
  });
}

function schemaArbitrary(): fc.Arbitrary<object> {
  const { schema } = fc.letrec<{ schema: object }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom(
        { type: 'string' },
        { type: 'integer', format: 'int64' },
        { type: 'number' },
        { type: 'boolean' },
        { $ref: '#/definitions/Shelf' },
      ),
      tie('schema').map((items) => ({ type: 'array', items })),
      tie('schema').map((additionalProperties) => ({ type: 'object', additionalProperties })),
      fc
        .dictionary(fc.constantFrom('id', 'theme', 'bookCount'), tie('schema'), { maxKeys: 3 })
        .map((properties) => ({ type: 'object', properties })),
    ),
  }));
  return schema;
}

interface Draft {
  readonly host: string;
  readonly version: string;
  readonly basePath: string | undefined;
  readonly allowAll: boolean;
  readonly hasQuota: boolean;
  readonly rootSecurity: unknown;
  readonly backend: unknown;
  readonly operations: readonly Operation[];
  readonly definitions: Readonly<Record<string, object>>;
}

function toDocument(draft: Draft): unknown {
  const paths: Record<string, Record<string, unknown>> = {};
  draft.operations.forEach((operation, at) => {
    const item = (paths[operation.path] ??= {});
    item[operation.verb] = toOperation(operation, at, draft.hasQuota);
  });
  return {
    swagger: '2.0',
    info: { title: 'Generated', version: draft.version },
    host: draft.host,
    basePath: draft.basePath,
    security: draft.rootSecurity,
    'x-google-allow': draft.allowAll ? 'all' : undefined,
    'x-google-backend': draft.backend,
    'x-google-management': draft.hasQuota ? management : undefined,
    securityDefinitions: {
      api_key: { type: 'apiKey', in: 'query', name: 'key' },
      jwt: {
        type: 'oauth2',
        flow: 'implicit',
        authorizationUrl: '',
        'x-google-issuer': 'https://issuer.example.com',
        'x-google-jwks_uri': 'https://issuer.example.com/keys',
      },
    },
    definitions: { Shelf: { type: 'object' }, ...draft.definitions },
    paths,
  };
}

const management = {
  metrics: [{ name: 'reads', displayName: 'Reads', valueType: 'INT64', metricKind: 'DELTA' }],
  quota: {
    limits: [{ name: 'reads-limit', metric: 'reads', unit: '1/min/{project}', values: { STANDARD: 1000 } }],
  },
};

function toOperation(operation: Operation, at: number, hasQuota: boolean): unknown {
  const variables = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as string);
  const takesBody = ['put', 'post', 'patch'].includes(operation.verb);
  return {
    operationId: `operation${at}`,
    deprecated: operation.isDeprecated || undefined,
    security: operation.security,
    'x-google-quota': hasQuota && operation.cost ? { metricCosts: { reads: operation.cost } } : undefined,
    'x-google-backend':
      operation.deadline === undefined
        ? undefined
        : { address: 'https://other.example.com', deadline: operation.deadline },
    parameters: [
      ...variables.map((name) => ({ name, in: 'path', required: true, type: 'string' })),
      ...operation.query.map((name) => ({ name, in: 'query', type: 'string' })),
      ...(takesBody && operation.body !== undefined
        ? [{ name: 'payload', in: 'body', schema: operation.body }]
        : []),
    ],
    responses: { 200: { description: 'Fine.', schema: operation.response } },
  };
}
