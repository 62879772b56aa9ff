import { processVariables } from '../../app/environment.ts';
import { readVersion } from '../../app/version.ts';
import { createProcessEnvironment } from '../cli-environment.ts';
import type { CliCommand } from '../command.ts';
import { runCommandLine } from '../command-line.ts';

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Every command but the proxy. */
export async function main(argv: readonly string[]): Promise<number> {
  const interrupt = new AbortController();
  // Once each: the second of a kind ends the process at once.
  for (const signal of stopSignals) process.once(signal, () => interrupt.abort());
  const environment = createProcessEnvironment({ env: processVariables(), signal: interrupt.signal });
  return await runCommandLine(argv, environment, {
    version: readVersion(),
    commands: await loadCommands(argv[0]),
  });
}

/** What serves starts at once: it need not load the sixty commands beside it. */
async function loadCommands(word: string | undefined): Promise<readonly CliCommand[]> {
  if (word === 'up') return [(await import('./up/up.ts')).upCommand];
  if (word === 'server') return [(await import('./server.ts')).serverCommand];
  return (await import('../commands.ts')).commands;
}
