/**
 * Header fields as one flat list: name, value, name, value … in wire order. Names are lower case; values carry no
 * surrounding white space and one char per byte (latin1). Repeated fields stay repeated.
 */
export type HeaderList = string[];

/** The value of the first field named `name` (lower case), or undefined. */
export function getHeader(headers: readonly string[], name: string): string | undefined {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return headers[i + 1];
  return undefined;
}

/** All values of the fields named `name`, in order. */
export function getHeaderValues(headers: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) values.push(headers[i + 1] as string);
  return values;
}

/** Removes every field named `name`, in place. */
export function removeHeader(headers: HeaderList, name: string): void {
  for (let i = headers.length - 2; i >= 0; i -= 2) if (headers[i] === name) headers.splice(i, 2);
}

/** Makes `value` the only field named `name`, in place: at the first one's position, at the end if there is none. */
export function setHeader(headers: HeaderList, name: string, value: string): void {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i] !== name) continue;
    headers[i + 1] = value;
    for (let j = headers.length - 2; j > i; j -= 2) if (headers[j] === name) headers.splice(j, 2);
    return;
  }
  headers.push(name, value);
}
