/** Path of a field in a message; '' is the config itself. */
export function fieldPath(parent: string, field: string): string {
  return parent === '' ? field : `${parent}.${field}`;
}

/** Path of the element of a repeated field that its identifier names: `rules[selector=="pkg.Svc.M"]`. */
export function keyedPath(list: string, key: string, value: string): string {
  return `${list}[${key}==${quote(value)}]`;
}

/** Path of the element of a repeated field that nothing but its place names. */
export function indexedPath(list: string, index: number): string {
  return `${list}[${index}]`;
}

/** Path of the value of a map's entry. */
export function mapValuePath(map: string, key: string): string {
  return `${keyedPath(map, 'key', key)}.value`;
}

/** Path of a field of the rule for a method: `rulePath('usage.rules', 'pkg.Svc.M', 'skip_service_control')`. */
export function rulePath(list: string, selector: string, field: string): string {
  return fieldPath(keyedPath(list, 'selector', selector), field);
}

/** The path itself and those of all that it lies in, the nearest first. */
export function parentPaths(path: string): string[] {
  // A quoted key may hold any character.
  const steps = path.matchAll(/\.?\w+|\[(?:\w+=="(?:[^"\\]|\\.)*"|\d+)\]/g);
  return [...steps].map(({ index, 0: text }) => path.slice(0, index + text.length)).toReversed();
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
