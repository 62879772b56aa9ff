import { create } from '@bufbuild/protobuf';

import type { AuthProvider, JwtLocation } from '../../gen/google/api/auth_pb.ts';
import { AuthProviderSchema, JwtLocationSchema } from '../../gen/google/api/auth_pb.ts';
import { unknownLocation } from '../diagnostics/collector.ts';
import { checkFields } from '../openapi/check-fields.ts';
import { findExtension, stringExtension } from '../openapi/extension.ts';
import { namedLocation } from '../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { readExtensionMessage } from '../openapi/read-extension-message.ts';
import { isApiKeyLocation } from '../openapi/security-scheme.ts';
import type { SecurityScheme, SecuritySchemes } from '../openapi/security-scheme.ts';
import { child, keyPlace } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { knownFields } from './known-fields.ts';

/** Reads `securityDefinitions`: oauth2 becomes a JWT provider, apiKey an API key where the proxies look for one. */
export function readSecurityDefinitions(document: OpenapiDocument): SecuritySchemes {
  const schemes = new Map<string, SecurityScheme>();
  const definitions = document.reader.mapping(
    child(document.root, 'securityDefinitions'),
    'securityDefinitions',
  );
  for (const [name, { value }] of definitions?.entries ?? []) {
    const node = document.reader.mapping(value, `securityDefinitions.${name}`);
    const scheme = node === undefined ? undefined : readScheme(document, name, node);
    if (scheme !== undefined) schemes.set(name, scheme);
  }
  return schemes;
}

function readScheme(document: OpenapiDocument, name: string, node: MappingNode): SecurityScheme | undefined {
  const what = `securityDefinitions.${name}.type`;
  checkFields(
    document,
    node,
    knownFields.securityScheme,
    namedLocation(document, `securityDefinitions.${name}`),
  );
  const type = document.reader.string(document.reader.required(node, 'type', what), what);
  switch (type?.toLowerCase()) {
    case undefined:
      return undefined;
    case 'oauth2':
      return { kind: 'jwt', provider: readProvider(document, name, node), place: node };
    case 'apikey':
      return readApiKey(document, name, node);
    default:
      return readUnsupported(document, name, node);
  }
}

function readApiKey(document: OpenapiDocument, name: string, node: MappingNode): SecurityScheme {
  const keyName = document.reader.string(child(node, 'name'), `securityDefinitions.${name}.name`) ?? '';
  const location = document.reader.string(child(node, 'in'), `securityDefinitions.${name}.in`) ?? '';
  if (isApiKeyLocation(location, keyName)) return { kind: 'apiKey', place: node };
  document.context.diagnostics.warning({
    rule: 'api-key-ignored',
    location: `${document.fileName}: ${unknownLocation}`,
    message: `apiKey '${keyName}' is ignored. Only apiKey with 'name' as 'key' and 'in' as 'query' are supported`,
    hint: 'The proxy reads API keys from the query parameters key and api_key and from the header x-api-key.',
    at: node,
  });
  return { kind: 'ignored', reason: `no API key is read from ${location} '${keyName}'`, place: node };
}

function readUnsupported(document: OpenapiDocument, name: string, node: MappingNode): SecurityScheme {
  document.context.diagnostics.warning({
    rule: 'security-scheme-unsupported',
    location: `${document.fileName}: ${unknownLocation}`,
    message: `Security Schema '${name}' is not supported. Only support schema are OAuth2`,
    at: keyPlace(node, 'type'),
  });
  return { kind: 'ignored', reason: 'its type is not supported', place: node };
}

function readProvider(document: OpenapiDocument, name: string, node: MappingNode): AuthProvider {
  const read = (extension: string, ...oldNames: readonly string[]): string =>
    stringExtension(document, findExtension(document, node, extension, ...oldNames), extension) ?? '';
  const what = `securityDefinitions.${name}.authorizationUrl`;
  const provider = create(AuthProviderSchema, {
    id: name,
    issuer: read('x-google-issuer', 'x-issuer'),
    jwksUri: read('x-google-jwks_uri', 'x-jwks_uri'),
    audiences: read('x-google-audiences'),
    authorizationUrl: document.reader.string(child(node, 'authorizationUrl'), what) ?? '',
    jwtLocations: readJwtLocations(document, node),
  });
  return document.context.origins.set(provider, {
    place: node,
    location: namedLocation(document, `securityDefinitions.${name}`),
  });
}

const jwtLocationsName = 'x-google-jwt-locations';

/** Where a token is looked for instead of the default places. */
function readJwtLocations(document: OpenapiDocument, node: MappingNode): JwtLocation[] {
  const value = findExtension(document, node, jwtLocationsName);
  const items = document.reader.sequence(value, jwtLocationsName)?.items ?? [];
  return items.map((item) => readExtensionMessage(document, jwtLocationsName, JwtLocationSchema, item));
}
