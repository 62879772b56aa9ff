import { processVariables } from '../../app/environment.ts';
import { readVersion } from '../../app/version.ts';
import { createProcessEnvironment } from '../cli-environment.ts';
import { runCli } from '../main.ts';

/** Every command but the proxy. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const environment = createProcessEnvironment({ env: processVariables(), signal: interrupt.signal });
  return await runCli(argv, environment, { version: readVersion() });
}
