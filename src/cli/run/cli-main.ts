import { processVariables } from '../../app/environment.ts';
import { readVersion } from '../../app/version.ts';
import { createProcessEnvironment } from '../cli-environment.ts';
import { runCli } from '../main.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Every command but the proxy. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  // Once each: the second of a kind ends the process at once.
  for (const signal of stopSignals) process.once(signal, () => interrupt.abort());
  const environment = createProcessEnvironment({ env: processVariables(), signal: interrupt.signal });
  return await runCli(argv, environment, { version: readVersion() });
}
