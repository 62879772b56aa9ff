import { create } from '@bufbuild/protobuf';

import type { BackendRule } from '../../../gen/google/api/backend_pb.ts';
import { BackendRuleSchema } from '../../../gen/google/api/backend_pb.ts';
import type { MetricDescriptor } from '../../../gen/google/api/metric_pb.ts';
import {
  MetricDescriptor_MetricKind,
  MetricDescriptor_ValueType,
  MetricDescriptorSchema,
} from '../../../gen/google/api/metric_pb.ts';
import type { QuotaLimit } from '../../../gen/google/api/quota_pb.ts';
import { QuotaLimitSchema } from '../../../gen/google/api/quota_pb.ts';
import { checkFields } from '../../openapi/check-fields.ts';
import { booleanExtension, findExtension } from '../../openapi/extension.ts';
import { namedLocation } from '../../openapi/openapi-document.ts';
import type { OpenapiDocument } from '../../openapi/openapi-document.ts';
import { readApiName } from '../../openapi/read-api-name.ts';
import { readExtensionMessage } from '../../openapi/read-extension-message.ts';
import { keyPlace } from '../../source/source-node.ts';
import type { MappingNode, SourceNode } from '../../source/source-node.ts';
import { fieldOf, toSnakeCase, wrapNode } from '../fields.ts';

/** `x-google-api-management`, read. */
export interface ApiManagement {
  readonly metrics: readonly MetricDescriptor[];
  readonly quotaLimits: readonly QuotaLimit[];
  /** Entries of `backends` by their names, with nothing filled in. */
  readonly backends: ReadonlyMap<string, BackendRule>;
  readonly apiName: string | undefined;
  readonly allowsCors: boolean;
}

const extensionName = 'x-google-api-management';
const emptyManagement: ApiManagement = {
  metrics: [],
  quotaLimits: [],
  backends: new Map(),
  apiName: undefined,
  allowsCors: false,
};

/** Features of Google's API Gateway that are no part of Endpoints. */
const gatewayFields: readonly string[] = ['mcp', 'ai'];
const managementFields: readonly string[] = ['metrics', 'quota', 'backends', 'apiName', 'allowCors'];
/** The one unit and the one tier that limits have. */
const limitUnit = '1/min/{project}';
const limitTier = 'STANDARD';

/** `x-google-api-management` at the root, which every document has. */
export function apiManagement(document: OpenapiDocument): ApiManagement {
  const value = findExtension(document, document.root, extensionName);
  if (value === undefined) {
    document.context.diagnostics.error({
      rule: 'api-management-missing',
      location: document.fileName,
      message: `The extension ${extensionName} is required at the root of an OpenAPI 3.x document.`,
      hint: `Add ${extensionName}: {}`,
      at: document.root,
    });
    return emptyManagement;
  }
  const node = document.reader.mapping(value, extensionName);
  return node === undefined ? emptyManagement : readManagement(document, node);
}

function readManagement(document: OpenapiDocument, node: MappingNode): ApiManagement {
  checkKnown(document, node, extensionName, [...managementFields, ...gatewayFields]);
  warnOfGatewayFields(document, node);
  const allowCors = fieldOf(document, node, 'allowCors');
  return {
    metrics: readEntries(document, node, 'metrics', readMetric),
    quotaLimits: readLimits(document, node),
    backends: new Map(readEntries(document, node, 'backends', readBackend)),
    apiName: readName(document, node),
    allowsCors: booleanExtension(document, allowCors, `${extensionName}.allowCors`) ?? false,
  };
}

function checkKnown(
  document: OpenapiDocument,
  node: MappingNode,
  what: string,
  fields: readonly string[],
): void {
  const known = { what, fields: [...fields, ...fields.map(toSnakeCase)], extensions: [] };
  checkFields(document, node, known, namedLocation(document, extensionName));
}

/** Documents written for API Gateway stay readable; what they would have done there is said. */
function warnOfGatewayFields(document: OpenapiDocument, node: MappingNode): void {
  for (const name of gatewayFields) {
    if (!node.entries.has(name)) continue;
    document.context.diagnostics.warning({
      rule: 'extension-without-effect',
      location: namedLocation(document, extensionName),
      message: `Field '${name}' of ${extensionName} configures Google's API Gateway and has no effect here.`,
      at: keyPlace(node, name),
    });
  }
}

type ReadEntry<T> = (document: OpenapiDocument, name: string, node: MappingNode) => T;

function readEntries<T>(
  document: OpenapiDocument,
  parent: MappingNode,
  section: string,
  read: ReadEntry<T>,
): T[] {
  const what = `${extensionName}.${section}`;
  const entries = document.reader.mapping(fieldOf(document, parent, section), what)?.entries ?? [];
  return [...entries].flatMap(([name, { value }]) => {
    const node = document.reader.mapping(value, `${what}.${name}`);
    return node === undefined ? [] : [read(document, name, node)];
  });
}

/** Every metric counts whole requests, so only its name and display name are left to say. */
function readMetric(document: OpenapiDocument, name: string, node: MappingNode): MetricDescriptor {
  const what = `${extensionName}.metrics.${name}`;
  checkKnown(document, node, what, ['displayName']);
  const metric = create(MetricDescriptorSchema, {
    name,
    type: name,
    metricKind: MetricDescriptor_MetricKind.DELTA,
    valueType: MetricDescriptor_ValueType.INT64,
    displayName: document.reader.string(fieldOf(document, node, 'displayName'), `${what}.displayName`) ?? '',
  });
  return withOrigin(document, metric, node);
}

function readLimits(document: OpenapiDocument, management: MappingNode): QuotaLimit[] {
  const quota = document.reader.mapping(fieldOf(document, management, 'quota'), `${extensionName}.quota`);
  if (quota === undefined) return [];
  checkKnown(document, quota, `${extensionName}.quota`, ['limits']);
  return readEntries(document, quota, 'limits', readLimit);
}

function readLimit(document: OpenapiDocument, name: string, node: MappingNode): QuotaLimit {
  const what = `${extensionName}.quota.limits.${name}`;
  checkKnown(document, node, what, ['metric', 'values']);
  const metric = document.reader.string(
    document.reader.required(node, 'metric', `${what}.metric`),
    `${what}.metric`,
  );
  const values = document.reader.required(node, 'values', `${what}.values`);
  const limit = values === undefined ? create(QuotaLimitSchema) : readLimitValues(document, values);
  limit.name = name;
  limit.metric = metric ?? '';
  limit.unit = limitUnit;
  return withOrigin(document, limit, node);
}

function readLimitValues(document: OpenapiDocument, values: SourceNode): QuotaLimit {
  return readExtensionMessage(
    document,
    extensionName,
    QuotaLimitSchema,
    wrapNode('values', wrapNode(limitTier, values)),
  );
}

function readBackend(
  document: OpenapiDocument,
  name: string,
  node: MappingNode,
): readonly [string, BackendRule] {
  return [name, readExtensionMessage(document, extensionName, BackendRuleSchema, node)];
}

function readName(document: OpenapiDocument, node: MappingNode): string | undefined {
  const value = fieldOf(document, node, 'apiName');
  const name = document.reader.string(value, `${extensionName}.apiName`);
  return value === undefined || name === undefined ? undefined : readApiName(document, name, value);
}

function withOrigin<T extends object>(document: OpenapiDocument, message: T, node: SourceNode): T {
  return document.context.origins.set(message, {
    place: node,
    location: namedLocation(document, extensionName),
  });
}
