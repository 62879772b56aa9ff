import { checkFields } from '../openapi/check-fields.ts';
import { namedLocation } from '../openapi/openapi-document.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import { resolveNode } from '../openapi/resolve-node.ts';
import { isApiKeyLocation } from '../openapi/security-scheme.ts';
import type { SecurityScheme, SecuritySchemes } from '../openapi/security-scheme.ts';
import { child, keyPlace } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { checkObject } from './check-object.ts';
import { googleAuth } from './extensions/google-auth.ts';
import { knownFields } from './known-fields.ts';

/** What the section of schemes is called in messages. */
export const schemesSection = 'components.securitySchemes';

/**
 * Reads `components.securitySchemes`: a scheme with `x-google-auth` becomes a JWT provider, one of type apiKey an API key
 * where the proxies look for one.
 */
export function readSecuritySchemes(document: OpenapiDocument): SecuritySchemes {
  const schemes = new Map<string, SecurityScheme>();
  const components = document.reader.mapping(child(document.root, 'components'), 'components');
  const section = document.reader.mapping(child(components, 'securitySchemes'), schemesSection);
  for (const [name, { value }] of section?.entries ?? []) {
    const what = `${schemesSection}.${name}`;
    const spot: Spot = { place: value, location: namedLocation(document, what) };
    const node = document.reader.mapping(resolveNode(document, value, spot, 'error'), what);
    const scheme = node === undefined ? undefined : readScheme(document, name, node);
    if (scheme !== undefined) schemes.set(name, scheme);
  }
  return schemes;
}

function readScheme(document: OpenapiDocument, name: string, node: MappingNode): SecurityScheme | undefined {
  const what = `${schemesSection}.${name}.type`;
  const location = namedLocation(document, `${schemesSection}.${name}`);
  const type = document.reader.string(document.reader.required(node, 'type', what), what);
  switch (type) {
    case undefined:
      return undefined;
    case 'apiKey':
      checkObject(document, node, knownFields.apiKeyScheme, location);
      return readApiKey(document, name, node);
    case 'oauth2':
    case 'openIdConnect':
    case 'http':
      checkObject(document, node, knownFields.tokenScheme, location);
      return readTokenScheme(document, name, node);
    case 'mutualTLS':
      checkFields(document, node, knownFields.apiKeyScheme, location);
      return ignore(document, name, node, 'client certificates are not checked per operation');
    default: {
      const types = 'apiKey, http, mutualTLS, oauth2, openIdConnect';
      document.reader.problem(
        node.entries.get('type')?.value ?? node,
        `${what}: '${type}' is none of ${types}.`,
      );
      return undefined;
    }
  }
}

function readApiKey(document: OpenapiDocument, name: string, node: MappingNode): SecurityScheme {
  const keyName = document.reader.string(child(node, 'name'), `${schemesSection}.${name}.name`) ?? '';
  const location = document.reader.string(child(node, 'in'), `${schemesSection}.${name}.in`) ?? '';
  if (isApiKeyLocation(location, keyName)) return { kind: 'apiKey', place: node };
  document.context.diagnostics.warning({
    rule: 'api-key-ignored',
    location: namedLocation(document, `${schemesSection}.${name}`),
    message: `apiKey '${keyName}' in ${location === '' ? 'no place' : location} is ignored.`,
    hint: 'The proxy reads API keys from the query parameters key and api_key and from the header x-api-key.',
    at: node,
  });
  return { kind: 'ignored', reason: `no API key is read from ${location} '${keyName}'`, place: node };
}

function readTokenScheme(document: OpenapiDocument, name: string, node: MappingNode): SecurityScheme {
  const provider = googleAuth(document, name, node);
  if (provider !== undefined) return { kind: 'jwt', provider, place: node };
  return ignore(document, name, node, 'it has no x-google-auth');
}

function ignore(document: OpenapiDocument, name: string, node: MappingNode, reason: string): SecurityScheme {
  document.context.diagnostics.warning({
    rule: 'security-scheme-unsupported',
    location: namedLocation(document, `${schemesSection}.${name}`),
    message: `Security scheme '${name}' is not enforced: ${reason}.`,
    hint: 'Enforced are API keys and schemes with x-google-auth, which says who issues the tokens.',
    at: keyPlace(node, 'type'),
  });
  return { kind: 'ignored', reason, place: node };
}
