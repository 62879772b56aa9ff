import { readFileSync } from 'node:fs';
import { isAbsolute, resolve, sep } from 'node:path';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import type { SourceFile } from '../../service-config/compile.ts';
import { usageError } from '../cli-error.ts';

/**
 * Reads the files of an offline command. They keep the names they were called by, so that a finding's place can be opened
 * from where the command ran. Throws CliError (exit code 2) for one that cannot be read.
 */
export function readSources(cwd: string, names: readonly string[]): SourceFile[] {
  // Absolute and relative names would lie in two trees, and references would not get from one to the other.
  const isAnyAbsolute = names.some((name) => isAbsolute(name));
  return names.map((name) => ({
    path: (isAnyAbsolute ? resolve(cwd, name) : name).split(sep).join('/'),
    contents: readSource(cwd, name),
  }));
}

function readSource(cwd: string, name: string): Uint8Array {
  try {
    return readFileSync(resolve(cwd, name));
  } catch (error) {
    const problem = systemErrorCode(error) === 'ENOENT' ? 'no such file' : errorMessage(error);
    throw usageError(`cannot read ${name}: ${problem}`);
  }
}
