import type { CompileContext } from '../context.ts';
import type { ApiModel } from '../model/api-model.ts';
import { hostToApiName, toApiName } from '../model/naming.ts';
import { allowsUnrecognized } from '../openapi/allow-extension.ts';
import { checkFields } from '../openapi/check-fields.ts';
import { booleanExtension, findExtension } from '../openapi/extension.ts';
import { NodeReader } from '../openapi/node-reader.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { namedLocation } from '../openapi/openapi-document.ts';
import type { SecurityScope } from '../openapi/security.ts';
import { unrecognizedOperations } from '../openapi/unrecognized-operations.ts';
import { baseName } from '../source/base-name.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { googleApiName } from './extensions/google-api-name.ts';
import { googleBackend } from './extensions/google-backend.ts';
import { googleEndpoint } from './extensions/google-endpoints.ts';
import { googleManagement } from './extensions/google-management.ts';
import { readHost } from './host.ts';
import { knownFields } from './known-fields.ts';
import { readSecuritySection } from './operation-security.ts';
import { readOperations } from './operations.ts';
import type { OperationDefaults } from './operations.ts';
import { readSecurityDefinitions } from './security-definitions.ts';

/** Reads one OpenAPI 2.0 document. What is wrong with it is reported; the model then lacks those parts. */
export function readOpenapi2(root: MappingNode, context: CompileContext): ApiModel {
  const fileName = baseName(root.source.path);
  const reader = new NodeReader(context.diagnostics, fileName);
  const document: OpenapiDocument = { context, fileName, root, reader, checked: new Set() };
  checkFields(document, root, knownFields.root, fileName);
  checkFields(document, child(root, 'info'), knownFields.info, namedLocation(document, 'info'));
  const info = reader.mapping(reader.required(root, 'info', 'info'), 'info');
  const version = readInfo(document, info, 'version') ?? '';
  const host = readHost(document);
  const securityScope: SecurityScope = {
    document,
    schemes: readSecurityDefinitions(document),
    definedIn: 'securityDefinitions',
  };
  const backend = googleBackend(document, root, 'root');
  const operations = readOperations(document, readDefaults(securityScope, backend));
  return {
    fileName,
    root,
    host,
    hostPlace: child(root, 'host'),
    title: readInfo(document, info, 'title') ?? '',
    summary: reader.string(child(info, 'description'), 'info.description'),
    version,
    name: toApiName(version, googleApiName(document) ?? hostToApiName(host)),
    isDeprecated: readDeprecated(document),
    definitionsPrefix: '#/definitions/',
    hasDefinitions: child(root, 'definitions') !== undefined,
    endpoint: googleEndpoint(document, host),
    providers: providersOf(securityScope),
    ...googleManagement(document),
    operations: allowsUnrecognized(document, 'x-google-allow')
      ? [...operations, ...unrecognizedOperations(document, operations, backend)]
      : operations,
  };
}

function readInfo(document: OpenapiDocument, info: MappingNode | undefined, key: string): string | undefined {
  const what = `info.${key}`;
  return info && document.reader.string(document.reader.required(info, key, what), what);
}

function readDefaults(
  securityScope: SecurityScope,
  backend: OperationDefaults['backend'],
): OperationDefaults {
  const { document } = securityScope;
  const spot = { place: document.root, location: namedLocation(document, 'Swagger Spec') };
  return {
    basePath: document.reader.string(child(document.root, 'basePath'), 'basePath') ?? '',
    security: readSecuritySection(securityScope, document.root, spot),
    securityScope,
    backend,
    methodNames: new Map(),
  };
}

function providersOf(scope: SecurityScope): ApiModel['providers'] {
  const providers = [...scope.schemes.values()].flatMap((scheme) =>
    scheme.kind === 'jwt' ? [scheme.provider] : [],
  );
  return providers.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function readDeprecated(document: OpenapiDocument): boolean {
  const name = 'x-google-deprecated';
  return booleanExtension(document, findExtension(document, document.root, name), name) ?? false;
}
