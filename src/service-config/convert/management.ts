import { isScalar } from 'yaml';
import type { Node } from 'yaml';

import { reportLoss } from './conversion.ts';
import type { Conversion } from './conversion.ts';
import {
  asMap,
  get,
  itemsOf,
  keepComment,
  newMap,
  newPair,
  pairsOf,
  rename,
  take,
  takeValue,
  textOf,
} from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** What every metric is in 3.x, where none of this can be said. */
const impliedOfMetric: Readonly<Record<string, unknown>> = {
  valueType: 'INT64',
  value_type: 'INT64',
  metricKind: 'DELTA',
  metric_kind: 'DELTA',
};

/** The metrics and limits of `x-google-management` as `x-google-api-management` has them. */
export function convertManagement(conversion: Conversion, management: Node | undefined): YamlMap {
  const metrics = entriesOf(get(management, 'metrics'), (item) => metricPair(conversion, item));
  const limits = entriesOf(get(get(management, 'quota'), 'limits'), (item) => limitPair(conversion, item));
  return newMap(
    ...(metrics.length > 0 ? [newPair('metrics', newMap(...metrics))] : []),
    ...(limits.length > 0 ? [newPair('quota', newMap(newPair('limits', newMap(...limits))))] : []),
  );
}

type EntryPair = ReturnType<typeof newPair>;

/** Entries of a list by their names, with the comments above them; the one above the first belongs to the list. */
function entriesOf(list: Node | undefined, toEntry: (item: Node) => EntryPair | undefined): EntryPair[] {
  return itemsOf(list).flatMap((item, at) => {
    const pair = toEntry(item);
    return pair === undefined ? [] : [keepComment(pair, at === 0 ? list : undefined, item)];
  });
}

/** `{name, displayName, …}` → `name: {displayName}`. */
function metricPair(conversion: Conversion, node: Node): EntryPair | undefined {
  const metric = asMap(node);
  const name = metric && textOf(takeValue(metric, 'name'));
  if (metric === undefined || name === undefined) return undefined;
  const displayName = take(metric, 'displayName') ?? take(metric, 'display_name');
  const type = takeValue(metric, 'type');
  if (type !== undefined && textOf(type) !== name) reportField(conversion, 'metric', 'type', type);
  for (const [key, implied] of Object.entries(impliedOfMetric)) {
    const value = takeValue(metric, key);
    if (value !== undefined && textOf(value) !== implied) reportField(conversion, 'metric', key, value);
  }
  for (const [key, value] of pairsOf(metric)) reportField(conversion, 'metric', key, value);
  return newPair(name, newMap(...(displayName === undefined ? [] : [rename(displayName, 'displayName')])));
}

/** `{name, metric, unit, values: {STANDARD: 1}}` → `name: {metric, values: 1}`. */
function limitPair(conversion: Conversion, node: Node): EntryPair | undefined {
  const limit = asMap(node);
  const name = limit && textOf(takeValue(limit, 'name'));
  if (limit === undefined || name === undefined) return undefined;
  const metric = take(limit, 'metric');
  const tiers = asMap(takeValue(limit, 'values'));
  const value = tiers && takeValue(tiers, 'STANDARD');
  takeValue(limit, 'unit');
  for (const [key, rest] of [...pairsOf(limit), ...pairsOf(tiers)])
    if (!(key === 'displayName' && isEmpty(rest))) reportField(conversion, 'limit', key, rest);
  return newPair(
    name,
    newMap(
      ...(metric === undefined ? [] : [metric]),
      ...(value === undefined ? [] : [newPair('values', value)]),
    ),
  );
}

function isEmpty(node: Node): boolean {
  return isScalar(node) && (node.value === '' || node.value === null);
}

function reportField(conversion: Conversion, what: 'metric' | 'limit', key: string, at: Node): void {
  reportLoss(conversion, {
    rule: 'convert-management-field',
    message: `Field '${key}' of a ${what} has no equivalent in x-google-api-management.`,
    at,
  });
}
