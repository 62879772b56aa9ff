import type { KnownFields } from '../openapi/check-fields.ts';

/** Of compilers older than `x-google-backend`. */
const formerBackend: Readonly<Record<string, string>> = {
  'x-google-backend-url': 'Write x-google-backend: {address: https://backend.example.com}',
  'x-google-backend-deadline': 'Write x-google-backend: {deadline: 20.0}',
};

/** Objects of OpenAPI 2.0 that the compiler reads, with the fields of the specification. */
export const knownFields: Readonly<
  Record<'root' | 'info' | 'pathItem' | 'operation' | 'securityScheme', KnownFields>
> = {
  root: {
    what: 'the root of an OpenAPI document',
    fields: [
      'swagger',
      'info',
      'host',
      'basePath',
      'schemes',
      'consumes',
      'produces',
      'paths',
      'definitions',
      'parameters',
      'responses',
      'securityDefinitions',
      'security',
      'tags',
      'externalDocs',
    ],
    extensions: [
      'x-google-allow',
      'x-google-api-name',
      'x-google-backend',
      'x-google-deprecated',
      'x-google-endpoints',
      'x-google-management',
    ],
    former: {
      'x-google-experimental-authorization':
        'No proxy checks these rules: ask for tokens with security, and check the rest in the backend.',
      ...formerBackend,
    },
  },
  info: {
    what: 'info',
    fields: ['title', 'description', 'termsOfService', 'contact', 'license', 'version'],
    extensions: [],
  },
  pathItem: {
    what: 'a path',
    fields: ['$ref', 'get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'parameters'],
    extensions: [],
  },
  operation: {
    what: 'an operation',
    fields: [
      'tags',
      'summary',
      'description',
      'externalDocs',
      'operationId',
      'consumes',
      'produces',
      'parameters',
      'responses',
      'schemes',
      'deprecated',
      'security',
    ],
    extensions: ['x-google-backend', 'x-google-deprecated', 'x-google-quota'],
    former: formerBackend,
  },
  securityScheme: {
    what: 'a security definition',
    fields: ['type', 'description', 'name', 'in', 'flow', 'authorizationUrl', 'tokenUrl', 'scopes'],
    extensions: ['x-google-issuer', 'x-google-jwks_uri', 'x-google-audiences', 'x-google-jwt-locations'],
  },
};
