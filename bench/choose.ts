/** The items that a comma-separated list names, in its order. Throws for a name that there is not. */
export function choose<T extends { readonly name: string }>(
  all: readonly T[],
  names: string,
  kind: string,
): T[] {
  return names.split(',').map((name) => {
    const found = all.find((item) => item.name === name);
    if (found === undefined)
      throw new Error(`no ${kind} is called ${name}; there are ${all.map((item) => item.name).join(', ')}`);
    return found;
  });
}
