import { isScalar } from 'yaml';
import type { Node } from 'yaml';

import { reportLoss, reportProblem, scalar } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import {
  asMap,
  itemsOf,
  newList,
  newMap,
  newPair,
  pairsOf,
  rename,
  take,
  takeValue,
  textOf,
} from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** `host`, `basePath`, `schemes` and `x-google-endpoints` as `servers`, taken from the root. */
export function convertServers(conversion: Conversion, root: YamlMap): ReturnType<typeof newPair> {
  const hostPair = take(root, 'host');
  const host = textOf(hostPair?.value) ?? '';
  const basePath = textOf(takeValue(root, 'basePath')) ?? '';
  const schemes = itemsOf(takeValue(root, 'schemes')).flatMap((item) => textOf(item) ?? []);
  if (host === '') reportNoHost(conversion, root);
  const path = basePath === '/' ? '' : basePath;
  const urls = urlsFor(schemes).map((scheme) => `${scheme}://${host}${path}`);
  const servers = urls.map((url) => newMap(newPair('url', scalar(url))));
  servers[0]?.items.push(newPair('x-google-endpoint', endpointOf(root)));
  const list = newList(...servers);
  if (hostPair === undefined) return newPair('servers', list);
  hostPair.value = list;
  return rename(hostPair, 'servers');
}

/** The scheme of the service first: TLS where it is spoken of, or nothing is. */
function urlsFor(schemes: readonly string[]): readonly string[] {
  const web = [...new Set(schemes)].filter((scheme) => scheme === 'https' || scheme === 'http');
  return web.length === 0 ? ['https'] : web.toSorted().toReversed();
}

function reportNoHost(conversion: Conversion, root: YamlMap): void {
  reportProblem(conversion, {
    rule: 'convert-host-missing',
    message: 'The document has no host, which a server of OpenAPI 3.x needs.',
    hint: 'Write host: api.example.com before converting.',
    at: root,
  });
}

/** What `x-google-endpoints` says, but for the name, which is the host of the URL. */
function endpointOf(root: YamlMap): YamlMap {
  const endpoint = asMap(itemsOf(takeValue(root, 'x-google-endpoints'))[0]);
  if (endpoint === undefined) return newMap();
  takeValue(endpoint, 'name');
  for (const [key, , pair] of pairsOf(endpoint)) if (key === 'allow_cors') rename(pair, 'allowCors');
  endpoint.flow = true;
  return endpoint;
}

/** `x-google-deprecated` of the root has nothing to become. */
export function dropDeprecated(conversion: Conversion, root: YamlMap): void {
  const node: Node | undefined = takeValue(root, 'x-google-deprecated');
  if (!isScalar(node) || node.value !== true) return;
  reportLoss(conversion, {
    rule: 'convert-deprecated',
    message: 'A whole document cannot be deprecated in OpenAPI 3.x.',
    hint: 'Write deprecated: true on its operations.',
    at: node,
  });
}
