import { isScalar, isSeq } from 'yaml';
import type { Node } from 'yaml';

import type { Backends } from './backends.ts';
import { bodyOf, formOf } from './bodies.ts';
import { dropForeign, reportLoss } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { addPattern, convertParameter, followParameter, parameterPlace } from './parameters.ts';
import { convertResponse } from './responses.ts';
import { convertSecurityExtension } from './security.ts';
import type { SecurityNames } from './security.ts';
import {
  asMap,
  copyOf,
  get,
  itemsOf,
  keepComment,
  newPair,
  pairAt,
  pairsOf,
  put,
  rename,
  take,
  takeValue,
  textOf,
} from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

const verbs: readonly string[] = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'];

/** What 2.0 does not read in these objects and 3.x does. */
const foreignOfPath: readonly string[] = ['trace', 'servers', 'x-google-backend'];
const foreignOfOperation: readonly string[] = ['requestBody', 'servers'];

/** What operations are converted with. */
export interface OperationScope {
  readonly conversion: Conversion;
  readonly backends: Backends;
  readonly security: SecurityNames;
  /** `security` of the root, as 2.0 has it. */
  readonly rootSecurity: Node | undefined;
}

/** Rewrites all paths in place. */
export function convertPaths(scope: OperationScope, paths: Node | undefined): void {
  for (const [path, value, pair] of pairsOf(paths)) {
    const item = asMap(value);
    if (item === undefined || path.startsWith('x-')) continue;
    const patterns = patternsOf(path);
    if (patterns.size > 0) rename(pair, path.replace(/\{([^{}=]*)=[^{}]*\}/g, '{$1}'));
    convertPathItem(scope, item, patterns);
  }
}

/** Variables of a path with a template of their own: `{name=**}`. */
function patternsOf(path: string): ReadonlyMap<string, string> {
  const found = path.matchAll(/\{([^{}=]*)=([^{}]*)\}/g);
  return new Map([...found].map(([, name, pattern]) => [name as string, pattern as string]));
}

function convertPathItem(scope: OperationScope, item: YamlMap, patterns: ReadonlyMap<string, string>): void {
  const { conversion } = scope;
  dropForeign(conversion, item, foreignOfPath);
  const shared = itemsOf(get(item, 'parameters'));
  const isBody = (parameter: Node): boolean =>
    ['body', 'formData'].includes(parameterPlace(conversion, parameter) ?? '');
  // 3.x has no bodies that a path's operations share.
  const bodies = shared.filter(isBody);
  for (const verb of verbs) {
    const operation = asMap(get(item, verb));
    if (operation !== undefined) convertOperation(scope, operation, { bodies, patterns });
  }
  if (bodies.length > 0)
    setParameters(
      item,
      shared.filter((parameter) => !isBody(parameter)),
    );
  for (const parameter of itemsOf(get(item, 'parameters'))) convertOne(scope, parameter, patterns);
}

interface OfPath {
  /** Bodies and fields of forms that the path gives all its operations. */
  readonly bodies: readonly Node[];
  readonly patterns: ReadonlyMap<string, string>;
}

function convertOperation(scope: OperationScope, operation: YamlMap, ofPath: OfPath): void {
  const { conversion } = scope;
  dropForeign(conversion, operation, foreignOfOperation);
  const consumes = mediaTypes(takeValue(operation, 'consumes')) ?? conversion.consumes;
  const produces = mediaTypes(takeValue(operation, 'produces')) ?? conversion.produces;
  convertBody(scope, operation, ofPath.bodies, consumes);
  for (const parameter of itemsOf(get(operation, 'parameters')))
    convertOne(scope, parameter, ofPath.patterns);
  for (const [, response] of pairsOf(get(operation, 'responses')))
    convertResponse(conversion, response, produces);
  scope.backends.convert(operation, 'operation');
  convertQuota(operation);
  convertDeprecated(operation);
  convertSecurityExtension(operation, scope.security, scope.rootSecurity);
  dropSchemes(conversion, operation);
}

/** Media types of a list; undefined when there is none or it is empty. */
export function mediaTypes(list: Node | undefined): readonly string[] | undefined {
  const types = itemsOf(list).flatMap((item) => textOf(item) ?? []);
  return types.length === 0 ? undefined : [...new Set(types)];
}

/** Moves body parameters, its own and then its path's, into `requestBody`. */
function convertBody(
  { conversion }: OperationScope,
  operation: YamlMap,
  ofPath: readonly Node[],
  consumes: readonly string[],
): void {
  const own = itemsOf(get(operation, 'parameters'));
  const place = (parameter: Node): string | undefined => parameterPlace(conversion, parameter);
  const overrides = (parameter: Node): boolean =>
    own.some(
      (one) =>
        place(one) === place(parameter) &&
        nameOfParameter(conversion, one) === nameOfParameter(conversion, parameter),
    );
  const all = [...own, ...ofPath.filter((parameter) => !overrides(parameter)).map(copyOf)];
  const body = all.find((parameter) => place(parameter) === 'body');
  const fields = all.filter((parameter) => place(parameter) === 'formData');
  if (body === undefined && fields.length === 0) return;
  const rest = own.filter((parameter) => place(parameter) !== 'body' && place(parameter) !== 'formData');
  const requestBody =
    body === undefined ? formOf(conversion, fields, consumes) : bodyOf(conversion, body, consumes);
  const parameters = pairAt(operation, 'parameters');
  const list = get(operation, 'parameters');
  const isFirst = own[0] !== undefined && !rest.includes(own[0]);
  const pair = keepComment(
    newPair('requestBody', requestBody),
    isFirst ? list : undefined,
    body ?? fields[0],
  );
  if (parameters === undefined) operation.items.push(pair);
  else operation.items.splice(operation.items.indexOf(parameters) + 1, 0, pair);
  setParameters(operation, rest);
}

function nameOfParameter(conversion: Conversion, parameter: Node): string | undefined {
  return textOf(get(followParameter(conversion, parameter), 'name'));
}

function setParameters(node: YamlMap, parameters: readonly Node[]): void {
  const pair = pairAt(node, 'parameters');
  if (pair === undefined) return;
  if (parameters.length === 0) take(node, 'parameters');
  else if (isSeq(pair.value)) pair.value.items = [...parameters];
}

function convertOne(
  { conversion }: OperationScope,
  parameter: Node,
  patterns: ReadonlyMap<string, string>,
): void {
  convertParameter(conversion, parameter);
  const map = asMap(parameter);
  const pattern = patterns.get(textOf(get(parameter, 'name')) ?? '');
  if (map === undefined || pattern === undefined || pattern === '*') return;
  if (pattern === '**') addPattern(map);
  else
    reportLoss(conversion, {
      rule: 'convert-path-pattern',
      message: `The template '${pattern}' of a path variable has no equivalent in OpenAPI 3.x.`,
      at: parameter,
    });
}

/** `metricCosts` is not written in 3.x. */
function convertQuota(operation: YamlMap): void {
  const quota = get(operation, 'x-google-quota');
  const costs = get(quota, 'metricCosts') ?? get(quota, 'metric_costs');
  if (costs !== undefined) put(operation, 'x-google-quota', costs);
}

function convertDeprecated(operation: YamlMap): void {
  const pair = take(operation, 'x-google-deprecated');
  if (pair === undefined) return;
  take(operation, 'deprecated');
  if (isScalar(pair.value) && pair.value.value === true) operation.items.push(rename(pair, 'deprecated'));
}

function dropSchemes(conversion: Conversion, operation: YamlMap): void {
  const schemes = takeValue(operation, 'schemes');
  if (schemes === undefined) return;
  reportLoss(conversion, {
    rule: 'convert-schemes',
    message: 'An operation has no schemes of its own in OpenAPI 3.x.',
    hint: 'The proxy never looked at them.',
    at: schemes,
  });
}
