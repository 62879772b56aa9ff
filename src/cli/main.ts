import type { CliEnvironment } from './cli-environment.ts';
import type { CliCommand } from './command.ts';
import { runCommandLine } from './command-line.ts';
import { commands } from './commands.ts';

/** What the client may be given besides its words. */
export interface CliOptions {
  /** Commands besides those of src/cli/commands.ts. */
  readonly commands?: readonly CliCommand[];
  /** Printed by `--version`. */
  readonly version?: string;
}

/** Runs one command line with every command there is; see {@link runCommandLine}. */
export function runCli(
  argv: readonly string[],
  environment: CliEnvironment,
  options: CliOptions = {},
): Promise<number> {
  return runCommandLine(argv, environment, {
    ...options,
    commands: [...commands, ...(options.commands ?? [])],
  });
}
