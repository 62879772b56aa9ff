/** JSON of a value that the `yaml` package made of mappings as Maps: keys keep their order, `200` as well as `__proto__`. */
export function toJsonText(value: unknown, indent = ''): string {
  const inner = `${indent}  `;
  if (value instanceof Map) {
    const entries = [...value].map(
      ([key, entry]) => `${inner}${JSON.stringify(String(key))}: ${toJsonText(entry, inner)}`,
    );
    return entries.length === 0 ? '{}' : `{\n${entries.join(',\n')}\n${indent}}`;
  }
  if (Array.isArray(value)) {
    const items = value.map((item) => inner + toJsonText(item, inner));
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`;
  }
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value ?? null) ?? 'null';
}
