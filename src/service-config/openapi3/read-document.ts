import type { CompileContext } from '../context.ts';
import type { ApiModel } from '../model/api-model.ts';
import { hostToApiName, toApiName } from '../model/naming.ts';
import { allowsUnrecognized } from '../openapi/allow-extension.ts';
import { NodeReader } from '../openapi/node-reader.ts';
import { namedLocation } from '../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import type { SecurityScope } from '../openapi/security.ts';
import { unrecognizedOperations } from '../openapi/unrecognized-operations.ts';
import { baseName } from '../source/base-name.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { checkObject } from './check-object.ts';
import { apiManagement } from './extensions/api-management.ts';
import type { ApiManagement } from './extensions/api-management.ts';
import { googleBackend } from './extensions/google-backend.ts';
import { googleEndpoint } from './extensions/google-endpoint.ts';
import { knownFields } from './known-fields.ts';
import { readSecuritySection } from './operation-security.ts';
import { readOperations } from './operations.ts';
import type { OperationDefaults } from './operations.ts';
import { readSecuritySchemes, schemesSection } from './security-schemes.ts';
import { readEndpointServer } from './server.ts';
import { readVersion } from './version.ts';

/** Reads one OpenAPI 3.0 or 3.1 document. What is wrong with it is reported; the model then lacks those parts. */
export function readOpenapi3(root: MappingNode, context: CompileContext): ApiModel {
  const fileName = baseName(root.source.path);
  const reader = new NodeReader(context.diagnostics, fileName);
  const document: OpenapiDocument = { context, fileName, root, reader, checked: new Set() };
  checkObject(document, root, knownFields.root, fileName);
  checkObject(document, child(root, 'info'), knownFields.info, namedLocation(document, 'info'));
  const info = reader.mapping(reader.required(root, 'info', 'info'), 'info');
  const version = readInfo(document, info, 'version') ?? '';
  const management = apiManagement(document);
  const server = readEndpointServer(document);
  const host = server?.host ?? '';
  const defaults = readDefaults(document, management, server?.basePath ?? '');
  const operations = readOperations(document, defaults);
  return {
    fileName,
    root,
    host,
    hostPlace: server?.place,
    title: readInfo(document, info, 'title') ?? '',
    summary: reader.string(child(info, 'description'), 'info.description'),
    version,
    name: toApiName(version, management.apiName ?? hostToApiName(host)),
    isDeprecated: false,
    definitionsPrefix: '#/components/schemas/',
    hasDefinitions: child(child(root, 'components'), 'schemas') !== undefined,
    endpoint: server && googleEndpoint(document, server, management.allowsCors),
    providers: providersOf(defaults.securityScope),
    metrics: management.metrics,
    quotaLimits: management.quotaLimits,
    operations: allowsUnrecognized(document, 'x-gatehouse-allow')
      ? [...operations, ...unrecognizedOperations(document, operations, defaults.backend)]
      : operations,
  };
}

function readInfo(document: OpenapiDocument, info: MappingNode | undefined, key: string): string | undefined {
  const what = `info.${key}`;
  return info && document.reader.string(document.reader.required(info, key, what), what);
}

function readDefaults(
  document: OpenapiDocument,
  { backends }: ApiManagement,
  basePath: string,
): OperationDefaults {
  const spot = { place: document.root, location: namedLocation(document, 'OpenAPI Spec') };
  const schemes = readSecuritySchemes(document);
  const securityScope: SecurityScope = { document, schemes, definedIn: schemesSection };
  const backendScope = { document, backends };
  return {
    version: readVersion(document),
    basePath,
    security: readSecuritySection(securityScope, document.root, spot),
    securityScope,
    backend: googleBackend(backendScope, document.root, 'root'),
    backendScope,
    methodNames: new Map(),
  };
}

function providersOf(scope: SecurityScope): ApiModel['providers'] {
  return [...scope.schemes.values()].flatMap((scheme) => (scheme.kind === 'jwt' ? [scheme.provider] : []));
}
