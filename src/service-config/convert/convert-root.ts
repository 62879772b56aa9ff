import type { Node } from 'yaml';

import { Backends } from './backends.ts';
import { bodyOf } from './bodies.ts';
import { dropForeign, scalar } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { convertManagement } from './management.ts';
import { convertPaths } from './operations.ts';
import { convertParameter } from './parameters.ts';
import { reportNames } from './references.ts';
import { convertResponse } from './responses.ts';
import { convertSchema } from './schemas.ts';
import { convertScheme, convertSecurityExtension, securityNames } from './security.ts';
import { convertServers, dropDeprecated } from './servers.ts';
import {
  copyOf,
  get,
  newMap,
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

const versions: Readonly<Record<Conversion['to'], string>> = { '3.0': '3.0.4', '3.1': '3.1.1' };

/** What 2.0 does not read at the root and 3.x does. */
const foreignOfRoot: readonly string[] = ['openapi', 'servers', 'components', 'x-google-api-management'];

/** Rewrites a whole 2.0 document in place. */
export function convertRoot(conversion: Conversion): void {
  const { root } = conversion;
  dropForeign(conversion, root, foreignOfRoot);
  const security = securityNames(get(root, 'securityDefinitions'));
  const given = get(root, 'security');
  const rootSecurity = given && copyOf(given);
  const backends = new Backends();
  backends.convert(root, 'root');
  convertPaths({ conversion, backends, security, rootSecurity }, get(root, 'paths'));
  convertSecurityExtension(root, security, undefined);
  convertAllow(root);
  dropDeprecated(conversion, root);
  for (const key of ['consumes', 'produces']) take(root, key);
  const management = managementOf(conversion, root, backends);
  const components = componentsOf(conversion, root);
  const servers = convertServers(conversion, root);
  arrange(conversion, [servers, management, ...components]);
}

function convertAllow(root: YamlMap): void {
  const pair = take(root, 'x-google-allow');
  if (pair === undefined) return;
  pair.value = scalar(textOf(pair.value)?.toLowerCase() ?? 'configured');
  root.items.push(rename(pair, 'x-gatehouse-allow'));
}

type NewPair = ReturnType<typeof newPair>;

function managementOf(conversion: Conversion, root: YamlMap, backends: Backends): NewPair {
  const pair = take(root, 'x-google-management') ?? newPair('', newMap());
  const management = convertManagement(conversion, pair.value ?? undefined);
  const apiName = take(root, 'x-google-api-name');
  if (apiName !== undefined) management.items.unshift(rename(apiName, 'apiName'));
  const entries = [...backends.entries].map(([name, backend]) => newPair(name, backend));
  if (entries.length > 0) management.items.push(newPair('backends', newMap(...entries)));
  pair.value = management;
  return rename(pair, 'x-google-api-management');
}

/** The sections of the root that become sections of `components`. None when there are none. */
function componentsOf(conversion: Conversion, root: YamlMap): NewPair[] {
  const schemas = take(root, 'definitions');
  const parameters = take(root, 'parameters');
  const responses = take(root, 'responses');
  const schemes = take(root, 'securityDefinitions');
  for (const pair of [schemas, parameters, responses, schemes])
    reportNames(conversion, pair?.value ?? undefined);
  for (const [, schema] of pairsOf(schemas?.value)) convertSchema(conversion, schema);
  for (const [, response] of pairsOf(responses?.value))
    convertResponse(conversion, response, conversion.produces);
  for (const [, scheme] of pairsOf(schemes?.value)) convertScheme(scheme);
  const bodies = takeBodies(conversion, parameters?.value ?? undefined);
  for (const [, parameter] of pairsOf(parameters?.value)) convertParameter(conversion, parameter);
  const sections = [
    schemas && rename(schemas, 'schemas'),
    parameters && pairsOf(parameters.value).length > 0 ? parameters : undefined,
    bodies.length > 0 ? newPair('requestBodies', newMap(...bodies)) : undefined,
    responses,
    schemes && rename(schemes, 'securitySchemes'),
  ].filter((pair) => pair !== undefined);
  return sections.length === 0 ? [] : [newPair('components', newMap(...sections))];
}

/** Body parameters of the root as request bodies. Fields of forms have been written into the operations. */
function takeBodies(conversion: Conversion, parameters: Node | undefined): NewPair[] {
  const found: NewPair[] = [];
  for (const [name, parameter] of pairsOf(parameters)) {
    const place = textOf(get(parameter, 'in'));
    if (place !== 'body' && place !== 'formData') continue;
    takeValue(parameters as YamlMap, name);
    if (place === 'body') found.push(newPair(name, bodyOf(conversion, parameter, conversion.consumes)));
  }
  return found;
}

/** `openapi` stands where `swagger` stood, servers and management behind `info`, components last. */
function arrange({ root, to }: Conversion, pairs: readonly NewPair[]): void {
  const swagger = pairAt(root, 'swagger');
  if (swagger !== undefined) {
    rename(swagger, 'openapi');
    put(root, 'openapi', scalar(versions[to]));
  }
  const [servers, management, ...components] = pairs;
  const info = pairAt(root, 'info');
  const at = info === undefined ? 1 : root.items.indexOf(info) + 1;
  root.items.splice(at, 0, ...[servers, management].filter((pair) => pair !== undefined));
  root.items.push(...components);
}
