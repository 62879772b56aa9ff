import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import type { OperationModel } from '../model/api-model.ts';
import { copyBackend } from '../openapi/copy-backend.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { readMethodName } from '../openapi/operation-id.ts';
import type { MethodNames } from '../openapi/operation-id.ts';
import { operationsOf, readPathItems } from '../openapi/path-items.ts';
import type { OperationSource, PathItem } from '../openapi/path-items.ts';
import type { SecurityScope } from '../openapi/security.ts';
import { child } from '../source/source-node.ts';
import type { SourceNode } from '../source/source-node.ts';
import { warnWithoutApiKey } from './api-key-warning.ts';
import { checkObject } from './check-object.ts';
import { googleBackend } from './extensions/google-backend.ts';
import type { BackendScope } from './extensions/google-backend.ts';
import { googleQuota } from './extensions/google-quota.ts';
import { knownFields } from './known-fields.ts';
import { operationSecurity, readSecuritySection } from './operation-security.ts';
import type { SecuritySection } from './operation-security.ts';
import { readParameters } from './parameters.ts';
import { refuseInlinePattern, toTemplate } from './path-template.ts';
import { readRequestBody } from './request-body.ts';
import { readResponse } from './response.ts';
import type { OpenapiVersion } from './version.ts';

/** The verbs of OpenAPI 3.x, in the order in which a path's operations become methods. */
const verbs = ['get', 'head', 'delete', 'patch', 'post', 'put', 'options', 'trace'] as const;

/** What all operations of a document share. */
export interface OperationDefaults {
  readonly version: OpenapiVersion;
  readonly basePath: string;
  readonly security: SecuritySection;
  readonly securityScope: SecurityScope;
  /** The root's backend. */
  readonly backend: BackendRule | undefined;
  readonly backendScope: BackendScope;
  readonly methodNames: MethodNames;
}

/** Operations of a document by path, then by verb; paths in the order of their characters. */
export function readOperations(document: OpenapiDocument, defaults: OperationDefaults): OperationModel[] {
  const paths = readPaths(document, defaults.version);
  return readPathItems(document, paths, verbs).flatMap((item) => readPath(document, item, defaults));
}

/** 3.1 has documents without paths, of components or webhooks alone. */
function readPaths(document: OpenapiDocument, version: OpenapiVersion): SourceNode | undefined {
  return version === '3.0'
    ? document.reader.required(document.root, 'paths', 'paths')
    : child(document.root, 'paths');
}

function readPath(document: OpenapiDocument, item: PathItem, defaults: OperationDefaults): OperationModel[] {
  checkObject(document, item.node, knownFields.pathItem, item.spot.location);
  refuseInlinePattern(document, item.path, item.spot);
  const backend = googleBackend(defaults.backendScope, item.node, 'inner') ?? defaults.backend;
  return operationsOf(document, item, verbs).flatMap(
    (source) => readOperation(document, source, { ...defaults, backend }) ?? [],
  );
}

function readOperation(
  document: OpenapiDocument,
  source: OperationSource,
  defaults: OperationDefaults,
): OperationModel | undefined {
  const { operation, spot } = source;
  checkObject(document, operation, knownFields.operation, spot.location);
  const methodName = readMethodName(document, operation, defaults.methodNames, spot);
  const parameters = readParameters(document, source);
  const own = readSecuritySection(defaults.securityScope, operation, spot);
  const security = operationSecurity(defaults.securityScope, { own, root: defaults.security }, spot);
  warnWithoutApiKey(document, security, spot);
  const ownBackend = googleBackend(defaults.backendScope, operation, 'inner');
  const metricCosts = googleQuota(document, operation);
  if (methodName === undefined) return undefined;
  return {
    ...spot,
    verb: source.verb,
    path: source.path,
    template: toTemplate(defaults.basePath, source.path, parameters),
    methodName,
    origin: 'declared',
    isDeprecated: document.reader.boolean(child(operation, 'deprecated'), 'deprecated') ?? false,
    parameters: [...parameters, ...readRequestBody(document, operation, parameters, spot)],
    response: readResponse(document, operation, spot),
    security,
    backend: ownBackend ?? copyBackend(document, defaults.backend),
    metricCosts,
  };
}
