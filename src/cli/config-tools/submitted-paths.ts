import { dirname, relative, resolve, sep } from 'node:path';

/**
 * Paths that files are submitted under: from the folder that all of them are in, so that they refer to one another as they
 * do on disk. Files of one folder have their base names, as gcloud sends them.
 */
export function submittedPaths(cwd: string, names: readonly string[]): string[] {
  const files = names.map((name) => resolve(cwd, name));
  const folder = files.map((file) => dirname(file)).reduce(commonFolder, dirname(files[0] ?? cwd));
  return files.map((file) => relative(folder, file).split(sep).join('/'));
}

function commonFolder(a: string, b: string): string {
  let common = a;
  while (common !== b && !b.startsWith(common.endsWith(sep) ? common : `${common}${sep}`))
    common = dirname(common);
  return common;
}
