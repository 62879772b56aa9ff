import type { Node } from 'yaml';

import { isApiKeyLocation } from '../openapi/security-scheme.ts';
import { scalar } from './conversion.ts';
import {
  asMap,
  get,
  itemsOf,
  newList,
  newMap,
  newPair,
  pairsOf,
  put,
  rename,
  take,
  takeValue,
  textOf,
} from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

const flowNames: ReadonlyMap<string, string> = new Map([
  ['implicit', 'implicit'],
  ['password', 'password'],
  ['application', 'clientCredentials'],
  ['accessCode', 'authorizationCode'],
]);

/** Extensions of a scheme in 2.0, old names too, with the fields of `x-google-auth` that they become. */
const authFields: ReadonlyArray<readonly [extension: string, field: string]> = [
  ['x-google-issuer', 'issuer'],
  ['x-issuer', 'issuer'],
  ['x-google-jwks_uri', 'jwksUri'],
  ['x-jwks_uri', 'jwksUri'],
  ['x-google-audiences', 'audiences'],
  ['x-google-jwt-locations', 'jwtLocations'],
];

/** Rewrites one entry of `securityDefinitions`, in place. */
export function convertScheme(node: Node): void {
  const scheme = asMap(node);
  if (scheme === undefined) return;
  switch (textOf(get(scheme, 'type'))?.toLowerCase()) {
    case 'basic':
      put(scheme, 'type', scalar('http'));
      put(scheme, 'scheme', scalar('basic'));
      return;
    case 'apikey':
      put(scheme, 'type', scalar('apiKey'));
      return;
    case 'oauth2':
      put(scheme, 'type', scalar('oauth2'));
      convertFlow(scheme);
      convertAuth(scheme);
      return;
    default:
      return;
  }
}

function convertFlow(scheme: YamlMap): void {
  const name = textOf(takeValue(scheme, 'flow'));
  const fields = ['authorizationUrl', 'tokenUrl', 'scopes'].flatMap((key) => take(scheme, key) ?? []);
  const flow = newMap(...fields);
  if (get(flow, 'scopes') === undefined) flow.items.push(newPair('scopes', newMap()));
  const flowName = flowNames.get(name ?? '') ?? (fields.length > 0 ? 'implicit' : undefined);
  put(scheme, 'flows', newMap(...(flowName === undefined ? [] : [newPair(flowName, flow)])));
}

/** 2.0 takes every oauth2 scheme for an issuer of tokens, even one that does not say which. */
function convertAuth(scheme: YamlMap): void {
  const auth = newMap();
  for (const [extension, field] of authFields) {
    const pair = take(scheme, extension);
    if (pair === undefined || get(auth, field) !== undefined) continue;
    auth.items.push(rename(pair, field));
    if (field === 'audiences') pair.value = toList(pair.value);
    if (field === 'jwtLocations') renameLocations(pair.value);
  }
  put(scheme, 'x-google-auth', auth);
}

function toList(node: Node | null): Node | null {
  const text = textOf(node);
  if (text === undefined) return node;
  const audiences = text.split(',').map((audience) => audience.trim());
  return newList(...audiences.filter((audience) => audience !== '').map(scalar));
}

function renameLocations(locations: Node | null): void {
  for (const [key, , pair] of itemsOf(locations).flatMap((location) => pairsOf(location)))
    if (key === 'value_prefix') rename(pair, 'valuePrefix');
}

/** What the `security` lists of a document are about. */
export interface SecurityNames {
  readonly apiKeys: ReadonlySet<string>;
  readonly tokens: ReadonlySet<string>;
}

/** Sorts the schemes of `securityDefinitions` by what a proxy asks for. */
export function securityNames(definitions: Node | undefined): SecurityNames {
  const names = (isKind: (scheme: Node) => boolean): Set<string> =>
    new Set(pairsOf(definitions).flatMap(([name, scheme]) => (isKind(scheme) ? [name] : [])));
  const typeOf = (scheme: Node): string | undefined => textOf(get(scheme, 'type'))?.toLowerCase();
  return {
    apiKeys: names((scheme) => typeOf(scheme) === 'apikey' && isReadKey(scheme)),
    tokens: names((scheme) => typeOf(scheme) === 'oauth2'),
  };
}

function isReadKey(scheme: Node): boolean {
  return isApiKeyLocation(textOf(get(scheme, 'in')) ?? '', textOf(get(scheme, 'name')) ?? '');
}

/**
 * Rewrites `x-security` of the root or of an operation: its schemes join `security`, and its audiences become
 * `x-gatehouse-audiences`. `inherited` is the root's `security` before its own conversion.
 */
export function convertSecurityExtension(
  node: YamlMap,
  names: SecurityNames,
  inherited: Node | undefined,
): void {
  const pair = take(node, 'x-security');
  if (pair === undefined) return;
  const entries = itemsOf(pair.value).flatMap((item) => pairsOf(item));
  const audiences = entries.flatMap(([name, entry]) => {
    const list = get(entry, 'audiences');
    return itemsOf(list).length === 0 || list === undefined ? [] : [newPair(name, list)];
  });
  joinSecurity(
    node,
    names,
    inherited,
    entries.map(([name]) => name),
  );
  if (audiences.length > 0) {
    pair.value = newMap(...audiences);
    node.items.push(rename(pair, 'x-gatehouse-audiences'));
  }
}

/** Alternatives that ask for the same as both lists did: any of the tokens, and the key if every alternative had one. */
function joinSecurity(
  node: YamlMap,
  names: SecurityNames,
  inherited: Node | undefined,
  extra: readonly string[],
): void {
  const own = get(node, 'security');
  const alternatives = itemsOf(own ?? inherited);
  const named = itemsOf(own)
    .flatMap((alternative) => pairsOf(alternative))
    .map(([name]) => name)
    .filter((name) => names.tokens.has(name));
  if (own !== undefined && extra.every((name) => named.includes(name))) return;
  const keys = alternatives.map((alternative) =>
    pairsOf(alternative).find(([name]) => names.apiKeys.has(name)),
  );
  const key = keys.every((found) => found !== undefined) ? keys[0]?.[0] : undefined;
  const tokens = [...new Set([...named, ...extra])];
  const list = tokens.map((token) =>
    newMap(newPair(token, newList()), ...(key === undefined ? [] : [newPair(key, newList())])),
  );
  put(node, 'security', newList(...list));
}
