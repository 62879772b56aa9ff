import type { Service } from '../../../gen/google/api/service_pb.ts';
import type { Findings } from './findings.ts';

/** JSON name by field name, where they differ. */
export type JsonNames = ReadonlyMap<string, string>;

const typeUrlPrefix = 'type.googleapis.com/';
const noNames: JsonNames = new Map();

/** JSON names of the fields of every type of a config, by type name. Source: `types[].fields[].json_name`. */
export class TypeJsonNames {
  readonly #byType = new Map<string, JsonNames>();

  constructor(service: Service, findings: Findings) {
    for (const type of service.types) {
      const names = new Map<string, string>();
      for (const { name, jsonName } of type.fields) {
        if (jsonName === '' || jsonName === name) continue;
        const other = names.get(name);
        if (other !== undefined && other !== jsonName) {
          findings.error(
            'conflicting-json-names',
            `type '${type.name}'`,
            `field ${name} has two different JSON names`,
          );
        }
        names.set(name, jsonName);
      }
      this.#byType.set(type.name, names);
    }
  }

  /** The names of a request type; none for types that the config does not describe. */
  of(requestTypeUrl: string): JsonNames {
    if (!requestTypeUrl.startsWith(typeUrlPrefix)) return noNames;
    return this.#byType.get(requestTypeUrl.slice(typeUrlPrefix.length)) ?? noNames;
  }
}

/** Replaces every part of a field path that has a JSON name: `shelf_id.x` becomes `shelfId.x`. */
export function toJsonPath(fieldPath: string, names: JsonNames): string {
  if (names.size === 0) return fieldPath;
  const parts = fieldPath.split('.').map((part) => names.get(part) ?? part);
  return parts.join('.');
}
