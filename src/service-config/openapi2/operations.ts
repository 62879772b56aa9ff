import type { BackendRule } from '../../gen/google/api/backend_pb.ts';
import type { OperationModel } from '../model/api-model.ts';
import { checkFields } from '../openapi/check-fields.ts';
import { copyBackend } from '../openapi/copy-backend.ts';
import { booleanExtension, findExtension } from '../openapi/extension.ts';
import type { OpenapiDocument } from '../openapi/openapi-document.ts';
import { readMethodName } from '../openapi/operation-id.ts';
import type { MethodNames } from '../openapi/operation-id.ts';
import { operationsOf, readPathItems } from '../openapi/path-items.ts';
import type { OperationSource } from '../openapi/path-items.ts';
import { toPathTemplate } from '../openapi/path-template.ts';
import type { SecurityScope } from '../openapi/security.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { googleBackend } from './extensions/google-backend.ts';
import { googleQuota } from './extensions/google-quota.ts';
import { warnWithoutApiKey } from './api-key-warning.ts';
import { operationSecurity, readSecuritySection } from './operation-security.ts';
import type { SecuritySection } from './operation-security.ts';
import { knownFields } from './known-fields.ts';
import { readParameters } from './parameters.ts';
import { readResponse } from './response.ts';

/** The verbs of OpenAPI 2.0, in the order in which a path's operations become methods. */
const verbs = ['get', 'head', 'delete', 'patch', 'post', 'put', 'options'] as const;

/** What all operations of a document share. */
export interface OperationDefaults {
  readonly basePath: string;
  readonly security: SecuritySection;
  readonly securityScope: SecurityScope;
  readonly backend: BackendRule | undefined;
  readonly methodNames: MethodNames;
}

/** Operations of a document by path, then by verb; paths in the order of their characters. */
export function readOperations(document: OpenapiDocument, defaults: OperationDefaults): OperationModel[] {
  const paths = document.reader.required(document.root, 'paths', 'paths');
  return readPathItems(document, paths, verbs).flatMap((item) => {
    checkFields(document, item.node, knownFields.pathItem, item.spot.location);
    return operationsOf(document, item, verbs).flatMap(
      (source) => readOperation(document, source, defaults) ?? [],
    );
  });
}

function readOperation(
  document: OpenapiDocument,
  source: OperationSource,
  defaults: OperationDefaults,
): OperationModel | undefined {
  const { operation, spot } = source;
  checkFields(document, operation, knownFields.operation, spot.location);
  const methodName = readMethodName(document, operation, defaults.methodNames, spot);
  const parameters = readParameters(document, source);
  const own = readSecuritySection(defaults.securityScope, operation, spot);
  const security = operationSecurity(defaults.securityScope, { own, root: defaults.security }, spot);
  warnWithoutApiKey(document, security, spot);
  const backend = googleBackend(document, operation, 'operation') ?? copyBackend(document, defaults.backend);
  const metricCosts = googleQuota(document, operation);
  if (methodName === undefined) return undefined;
  return {
    ...spot,
    verb: source.verb,
    path: source.path,
    template: toPathTemplate(defaults.basePath, source.path, parameters),
    methodName,
    origin: 'declared',
    isDeprecated: readDeprecated(document, operation),
    parameters,
    response: readResponse(document, operation, spot),
    security,
    backend,
    metricCosts,
  };
}

function readDeprecated(document: OpenapiDocument, operation: MappingNode): boolean {
  const name = 'x-google-deprecated';
  const extension = booleanExtension(document, findExtension(document, operation, name), name);
  return extension ?? document.reader.boolean(child(operation, 'deprecated'), 'deprecated') ?? false;
}
