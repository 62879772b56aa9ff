import type { KnownFields } from '../openapi/check-fields.ts';

/** Objects of OpenAPI 3.x that the compiler reads, with the fields of the specifications 3.0.4 and 3.1.1. */
export const knownFields: Readonly<
  Record<
    'root' | 'info' | 'server' | 'pathItem' | 'operation' | 'parameter' | 'apiKeyScheme' | 'tokenScheme',
    KnownFields
  >
> = {
  root: {
    what: 'the root of an OpenAPI document',
    fields: [
      'openapi',
      'info',
      'jsonSchemaDialect',
      'servers',
      'paths',
      'webhooks',
      'components',
      'security',
      'tags',
      'externalDocs',
    ],
    extensions: ['x-google-api-management', 'x-google-backend', 'x-gatehouse-allow', 'x-gatehouse-audiences'],
  },
  info: {
    what: 'info',
    fields: ['title', 'summary', 'description', 'termsOfService', 'contact', 'license', 'version'],
    extensions: [],
  },
  server: {
    what: 'a server',
    fields: ['url', 'name', 'description', 'variables'],
    extensions: ['x-google-endpoint'],
  },
  // `servers` is a field of paths and operations too, but the proxy serves the document's one server only.
  pathItem: {
    what: 'a path',
    fields: [
      '$ref',
      'summary',
      'description',
      'get',
      'put',
      'post',
      'delete',
      'options',
      'head',
      'patch',
      'trace',
      'parameters',
    ],
    extensions: ['x-google-backend'],
  },
  operation: {
    what: 'an operation',
    fields: [
      'tags',
      'summary',
      'description',
      'externalDocs',
      'operationId',
      'parameters',
      'requestBody',
      'responses',
      'callbacks',
      'deprecated',
      'security',
    ],
    extensions: ['x-google-backend', 'x-google-quota', 'x-gatehouse-audiences'],
  },
  parameter: {
    what: 'a parameter',
    fields: [
      'name',
      'in',
      'description',
      'required',
      'deprecated',
      'allowEmptyValue',
      'style',
      'explode',
      'allowReserved',
      'schema',
      'example',
      'examples',
      'content',
    ],
    extensions: ['x-google-parameter'],
  },
  apiKeyScheme: {
    what: 'a security scheme of this type',
    fields: ['type', 'description', 'name', 'in', 'scheme', 'bearerFormat', 'flows', 'openIdConnectUrl'],
    extensions: [],
  },
  tokenScheme: {
    what: 'a security scheme',
    fields: ['type', 'description', 'name', 'in', 'scheme', 'bearerFormat', 'flows', 'openIdConnectUrl'],
    extensions: ['x-google-auth'],
  },
};
