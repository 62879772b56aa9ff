import { globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

import type { SourceFile } from '../compile.ts';

/** One case of the golden folder: `<name>.in.yaml` (or .json), or a folder `<name>.in/` for several files. */
export interface GoldenCase {
  /** Folder of cases of one kind of input. */
  readonly group: string;
  readonly name: string;
  /** Path without `.in…`: what the files of the results begin with. */
  readonly stem: string;
  readonly files: () => readonly SourceFile[];
}

const folder = join(import.meta.dirname, '..', 'golden');

/** All golden cases, sorted. Their files are read when they are asked for. */
export function goldenCases(): GoldenCase[] {
  return readdirSync(folder)
    .sort()
    .flatMap((group) =>
      readdirSync(join(folder, group))
        .filter((entry) => /\.in(?:\.\w+)?$/.test(entry))
        .sort()
        .map((entry) => {
          const name = entry.replace(/\.in(?:\.\w+)?$/, '');
          const path = join(folder, group, entry);
          return { group, name, stem: join(folder, group, name), files: () => filesOf(path) };
        }),
    );
}

function filesOf(path: string): SourceFile[] {
  if (!statSync(path).isDirectory()) {
    const name = basename(path).replace('.in.', '.');
    return [{ path: name, contents: readFileSync(path) }];
  }
  return globSync('**/*.*', { cwd: path })
    .sort()
    .map((name) => ({ path: name, contents: readFileSync(join(path, name)) }));
}
