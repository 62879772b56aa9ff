import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version of this program, from its package.json. */
export function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8');
  // Our own file: its shape is known.
  const { version } = JSON.parse(text) as { readonly version: string };
  return version;
}
