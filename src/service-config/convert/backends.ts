import type { Node } from 'yaml';

import { scalar } from './conversion.ts';
import { asMap, copyOf, get, newPair, pairAt, pairsOf, rename, textOf } from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** The backends of a document while they get their names. */
export class Backends {
  readonly #byContent = new Map<string, string>();
  readonly #byName = new Map<string, YamlMap>();

  /** Backends by name, in the order in which they were met. */
  get entries(): ReadonlyMap<string, YamlMap> {
    return this.#byName;
  }

  /** Replaces the `x-google-backend` object of a node by the name of an entry. Equal objects share one. */
  convert(node: YamlMap, level: 'root' | 'operation'): void {
    const pair = pairAt(node, 'x-google-backend');
    const said = asMap(pair?.value);
    if (pair === undefined || said === undefined) return;
    const backend = toEntry(said, level);
    const content = JSON.stringify(backend.toJSON());
    let name = this.#byContent.get(content);
    if (name === undefined) {
      name = this.#freeName(nameFor(textOf(get(backend, 'address'))));
      this.#byContent.set(content, name);
      this.#byName.set(name, backend);
    }
    pair.value = scalar(name);
  }

  #freeName(wanted: string): string {
    for (let at = 1; ; at++) {
      const name = at === 1 ? wanted : `${wanted}-${at}`;
      if (!this.#byName.has(name)) return name;
    }
  }
}

const camelCase: ReadonlyMap<string, string> = new Map([
  ['path_translation', 'pathTranslation'],
  ['jwt_audience', 'jwtAudience'],
  ['disable_auth', 'disableAuth'],
  ['min_deadline', 'minDeadline'],
  ['operation_deadline', 'operationDeadline'],
]);

/** The object as an entry; the translation that its level implied is written down, for an entry has no level. */
function toEntry(said: YamlMap, level: 'root' | 'operation'): YamlMap {
  const backend = copyOf(said as Node) as YamlMap;
  for (const [key, , pair] of pairsOf(backend)) rename(pair, camelCase.get(key) ?? key);
  if (textOf(get(backend, 'address')) !== undefined && get(backend, 'pathTranslation') === undefined) {
    const value = level === 'root' ? 'APPEND_PATH_TO_ADDRESS' : 'CONSTANT_ADDRESS';
    backend.items.push(newPair('pathTranslation', scalar(value)));
  }
  return backend;
}

/** First label of the address's host: `https://orders-abc.a.run.app/v1` → `orders-abc`. */
function nameFor(address: string | undefined): string {
  const label = /^(?:[a-z]+:\/\/)?([A-Za-z0-9-]+)/i.exec(address ?? '')?.[1];
  return label ?? 'backend';
}
