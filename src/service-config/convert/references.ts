import type { Node } from 'yaml';

import { reportLoss, scalar } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import { get, pairsOf, put, textOf } from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

const sections: ReadonlyArray<readonly [from: string, to: string]> = [
  ['#/definitions/', '#/components/schemas/'],
  ['#/parameters/', '#/components/parameters/'],
  ['#/responses/', '#/components/responses/'],
];

/** Rewrites the `$ref` of a mapping to where its target stands in 3.x. `isSchema` tells references to other files apart. */
export function convertReference(conversion: Conversion, map: YamlMap, isSchema: boolean): void {
  const reference = textOf(get(map, '$ref'));
  if (reference === undefined) return;
  const [from, to] = sections.find(([prefix]) => reference.startsWith(prefix)) ?? [];
  if (from !== undefined && to !== undefined) put(map, '$ref', scalar(to + reference.slice(from.length)));
  else if (!reference.startsWith('#') && !isSchema) reportForeign(conversion, reference, map);
}

function reportForeign(conversion: Conversion, reference: string, at: Node): void {
  reportLoss(conversion, {
    rule: 'convert-reference',
    message: `Reference ${reference} is kept, but what it leads to is not converted.`,
    hint: 'Convert the other file too, or move its parameters and responses into this one.',
    at,
  });
}

/** Names after which components may not be called in 3.x are kept, since references lead to them; other tools may mind. */
export function reportNames(conversion: Conversion, section: Node | undefined): void {
  for (const [name, , pair] of pairsOf(section)) {
    if (/^[A-Za-z0-9._-]+$/.test(name)) continue;
    reportLoss(conversion, {
      rule: 'convert-component-name',
      message: `'${name}' is no name of a component in OpenAPI 3.x, which has letters, digits, '.', '-' and '_'.`,
      hint: 'Rename it and the references to it.',
      at: pair.key,
    });
  }
}
