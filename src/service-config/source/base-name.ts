/** Last segment of a submitted file's path: what location texts and `sourceContext` name a file by. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
