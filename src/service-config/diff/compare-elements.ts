import type { DescField, DescMessage, JsonValue } from '@bufbuild/protobuf';
import { reflect } from '@bufbuild/protobuf/reflect';
import type { ReflectList, ReflectMap, ReflectMessage } from '@bufbuild/protobuf/reflect';
import { ServiceSchema } from '../../gen/google/api/service_pb.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { comparisonScope } from './comparison-scope.ts';
import type { ComparisonScope } from './comparison-scope.ts';
import type { ElementChange } from './element-change.ts';
import { fieldPath, mapValuePath } from './element-path.ts';
import { elementToJson, isWhole } from './element-value.ts';
import { pairElements } from './pair-elements.ts';

/** Fields that hold a list separated by commas, in which order says nothing. */
const commaLists: ReadonlySet<string> = new Set([
  'google.api.AuthProvider.audiences',
  'google.api.AuthRequirement.audiences',
  'google.api.OAuthRequirements.canonical_scopes',
]);

/**
 * Every element in which two configs differ, in the order of the contract's fields. Read from the descriptor of
 * `google.api.Service`, so that it knows every field that there is. An absent message equals an empty one, and an absent rule one that says
 * nothing but its selector; the order of lists does not count, nor what {@link comparisonScope} leaves out.
 */
export function compareElements(old: Service, next: Service): ElementChange[] {
  const comparison = new ElementComparison(comparisonScope(old, next));
  comparison.messages('', reflect(ServiceSchema, old), reflect(ServiceSchema, next));
  return comparison.changes;
}

class ElementComparison {
  readonly changes: ElementChange[] = [];
  readonly #isInScope: ComparisonScope;

  constructor(isInScope: ComparisonScope) {
    this.#isInScope = isInScope;
  }

  messages(path: string, old: ReflectMessage, next: ReflectMessage): void {
    for (const field of next.fields) {
      if (!this.#isInScope(field) || (!old.isSet(field) && !next.isSet(field))) continue;
      this.#field(fieldPath(path, field.name), field, [old, next]);
    }
  }

  #field(path: string, field: DescField, [old, next]: readonly [ReflectMessage, ReflectMessage]): void {
    switch (field.fieldKind) {
      case 'list':
        return this.#lists(path, field, [old.get(field), next.get(field)]);
      case 'map':
        return this.#maps(path, field, [old.get(field), next.get(field)]);
      case 'message':
        if (!isWhole(field.message)) return this.messages(path, old.get(field), next.get(field));
        return this.#values(path, field, [valueOf(old, field), valueOf(next, field)]);
      case 'scalar':
      case 'enum':
        return this.#values(path, field, [valueOf(old, field), valueOf(next, field)]);
      default:
        return field satisfies never;
    }
  }

  #lists(path: string, field: ListField, [old, next]: readonly [ReflectList, ReflectList]): void {
    for (const pair of pairElements(field, path, [[...old], [...next]])) {
      // A method without a rule is treated as one whose rule says nothing.
      const base = pair.key === 'selector' ? emptyRule(pair.old ?? pair.next) : undefined;
      this.#elements(pair.path, field, [pair.old ?? base, pair.next ?? base]);
    }
  }

  #maps(path: string, field: MapField, [old, next]: readonly [ReflectMap, ReflectMap]): void {
    for (const key of new Set([...old.keys(), ...next.keys()]))
      this.#elements(mapValuePath(path, String(key)), field, [old.get(key), next.get(key)]);
  }

  #elements(path: string, field: ListField | MapField, [old, next]: readonly [unknown, unknown]): void {
    const { message } = field;
    if (message !== undefined && !isWhole(message) && old !== undefined && next !== undefined)
      return this.messages(path, old as ReflectMessage, next as ReflectMessage);
    const toValue = (element: unknown): JsonValue | undefined =>
      element === undefined ? undefined : elementToJson(field, element);
    this.#values(path, field, [toValue(old), toValue(next)]);
  }

  #values(
    path: string,
    field: DescField,
    values: readonly [JsonValue | undefined, JsonValue | undefined],
  ): void {
    const [oldValue, newValue] = values.map((value) =>
      value === undefined ? undefined : JSON.stringify(value),
    );
    const [old, next] = isCommaList(field) ? values.map(inOrder) : [oldValue, newValue];
    if (old === next) return;
    const type = oldValue === undefined ? 'added' : newValue === undefined ? 'removed' : 'modified';
    this.changes.push({ element: path, type, oldValue, newValue });
  }
}

type ListField = DescField & { fieldKind: 'list' };
type MapField = DescField & { fieldKind: 'map' };

function valueOf(message: ReflectMessage, field: DescField): JsonValue | undefined {
  if (!message.isSet(field)) return undefined;
  return elementToJson(field, message.get(field));
}

function emptyRule(rule: unknown): ReflectMessage {
  const given = rule as ReflectMessage; // Only elements that are messages have a selector.
  const selector = given.fields.find(({ name }) => name === 'selector') as DescField;
  const empty = reflect(given.desc as DescMessage);
  empty.set(selector, given.get(selector));
  return empty;
}

function isCommaList(field: DescField): boolean {
  return commaLists.has(`${field.parent.typeName}.${field.name}`);
}

function inOrder(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const items = value.split(',').map((item) => item.trim());
  return [...new Set(items)].sort().join(',');
}
