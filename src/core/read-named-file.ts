import { readFileSync } from 'node:fs';
import { ConfigError, errorMessage, systemErrorCode } from './errors.ts';

/** Reads a file that somebody named. Throws ConfigError with the path, why it cannot be read, and `hint`. */
export function readNamedFile(path: string, hint: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const problem =
      systemErrorCode(error) === 'ENOENT' ? 'no such file' : `cannot be read: ${errorMessage(error)}`;
    throw new ConfigError(path, problem, hint, { cause: error });
  }
}
