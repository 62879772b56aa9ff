import { create } from '@bufbuild/protobuf';

import type { AuthProvider, JwtLocation } from '../../../gen/google/api/auth_pb.ts';
import { AuthProviderSchema, JwtLocationSchema } from '../../../gen/google/api/auth_pb.ts';
import { checkFields } from '../../openapi/check-fields.ts';
import { findExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import { child } from '../../source/source-node.ts';
import type { MappingNode, SourceNode } from '../../source/source-node.ts';
import { fieldOf, toSnakeCase } from '../fields.ts';

const extensionName = 'x-google-auth';
const fields: readonly string[] = ['issuer', 'jwksUri', 'audiences', 'jwtLocations'];
const known = { what: extensionName, fields: [...fields, ...fields.map(toSnakeCase)], extensions: [] };

/** `x-google-auth` of a security scheme: who issues its tokens. Undefined without it. */
export function googleAuth(
  document: OpenapiDocument,
  schemeName: string,
  scheme: MappingNode,
): AuthProvider | undefined {
  const node = document.reader.mapping(findExtension(document, scheme, extensionName), extensionName);
  if (node === undefined) return undefined;
  const location = namedLocation(document, `components.securitySchemes.${schemeName}`);
  checkFields(document, node, known, location);
  const provider = create(AuthProviderSchema, {
    id: schemeName,
    issuer: readString(document, node, 'issuer'),
    jwksUri: readString(document, node, 'jwksUri'),
    audiences: readAudiences(document, fieldOf(document, node, 'audiences')),
    authorizationUrl: readAuthorizationUrl(document, scheme),
    jwtLocations: readJwtLocations(document, fieldOf(document, node, 'jwtLocations')),
  });
  return document.context.origins.set(provider, { place: scheme, location });
}

function readString(document: OpenapiDocument, node: MappingNode, name: string): string {
  return document.reader.string(fieldOf(document, node, name), `${extensionName}.${name}`) ?? '';
}

/** A list of audiences; the text with commas of OpenAPI 2.0 is taken too. */
function readAudiences(document: OpenapiDocument, node: SourceNode | undefined): string {
  const what = `${extensionName}.audiences`;
  if (node?.kind === 'scalar') return document.reader.string(node, what) ?? '';
  const items = document.reader.sequence(node, what)?.items ?? [];
  return items
    .flatMap((item) => document.reader.string(item, what) ?? [])
    .map((audience) => refuseComma(document, audience, node))
    .join(',');
}

/** A config holds audiences as one text with commas, where one with a comma would become two. */
function refuseComma(document: OpenapiDocument, audience: string, at: SourceNode | undefined): string {
  if (audience.includes(',') && at !== undefined)
    document.reader.problem(at, `${extensionName}.audiences: '${audience}' has a comma.`, 'Write two items.');
  return audience;
}

function readJwtLocations(document: OpenapiDocument, node: SourceNode | undefined): JwtLocation[] {
  const items = document.reader.sequence(node, `${extensionName}.jwtLocations`)?.items ?? [];
  return items.map((item) => readExtensionMessage(document, extensionName, JwtLocationSchema, item));
}

/** URL of the first flow that has one: where a person is sent to log in. */
function readAuthorizationUrl(document: OpenapiDocument, scheme: MappingNode): string {
  const flows = document.reader.mapping(child(scheme, 'flows'), 'flows')?.entries ?? [];
  const urls = [...flows].flatMap(([, { value }]) => child(value, 'authorizationUrl') ?? []);
  return document.reader.string(urls[0], 'authorizationUrl') ?? '';
}
