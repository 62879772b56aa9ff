import { Command, CommanderError } from 'commander';
import { ConfigError } from '../core/errors.ts';
import type { CliEnvironment } from './cli-environment.ts';
import { CliError, exitCodes, interrupted, usageError } from './cli-error.ts';
import type { CliCommand } from './command.ts';
import { commandGroups } from './command-groups.ts';
import { describeError } from './describe-error.ts';
import { Session } from './session.ts';
import { addGlobalOptions } from './settings/global-options.ts';
import type { GlobalOptions } from './settings/global-options.ts';

const programName = 'gatehouse';

/** What a command line may say. */
export interface CommandLineOptions {
  readonly commands: readonly CliCommand[];
  /** Printed by `--version`. */
  readonly version?: string;
}

/**
 * Runs one command line. `argv` holds the words after the program's name. Prints its errors itself and answers with
 * the exit code: 0 done, 1 failed, 2 not understood.
 */
export async function runCommandLine(
  argv: readonly string[],
  environment: CliEnvironment,
  options: CommandLineOptions,
): Promise<number> {
  const run = { code: exitCodes.ok as number };
  const program = buildProgram(environment, options, run);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return run.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(environment, [], error);
    // Commander has printed its own message by now; showing help that was asked for is no failure.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
}

interface RunState {
  code: number;
}

function buildProgram(environment: CliEnvironment, options: CommandLineOptions, state: RunState): Command {
  const program = prepare(new Command(programName), environment)
    .description('An API gateway with its own control plane.')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `\n'${programName} proxy --help' shows the flags of the data plane, which are those of ESP.`,
    );
  addGlobalOptions(program);
  if (options.version !== undefined) program.version(options.version, '--version', 'print the version');
  for (const command of options.commands) addCommand(program, { command, environment, state });
  return program;
}

interface Registration {
  readonly command: CliCommand;
  readonly environment: CliEnvironment;
  readonly state: RunState;
}

function addCommand(program: Command, registration: Registration): void {
  const { command, environment, state } = registration;
  const leaf = prepare(new Command(command.path.at(-1) as string), environment).summary(command.summary);
  leaf.description(command.summary).addHelpText('after', examplesText(command.examples));
  leaf.showHelpAfterError(`(see '${[programName, ...command.path].join(' ')} --help')`);
  groupOf(program, command.path.slice(0, -1), environment).addCommand(leaf);
  const guard = async (work: () => Promise<number | undefined>): Promise<void> => {
    try {
      state.code = (await work()) ?? exitCodes.ok;
    } catch (error) {
      // However a wait says that it was cut off.
      const isInterrupted = environment.signal.aborted && !(error instanceof CliError);
      state.code = report(environment, command.path, isInterrupted ? interrupted(error) : error);
    }
  };
  if (command.kind === 'plain') {
    leaf.hook('preAction', () => inheritOptions(leaf, program));
    return command.define(leaf, (work) => guard(() => work(environment)));
  }
  command.define(leaf, (work) =>
    guard(async () => {
      // Declared by addGlobalOptions, before the command's words and after them; the later ones win.
      const globals: GlobalOptions = { ...program.opts<GlobalOptions>(), ...leaf.opts<GlobalOptions>() };
      await work(new Session(environment, globals));
      return undefined;
    }),
  );
  addGlobalOptions(leaf);
}

/**
 * Hands a plain command what stands before its word, `gatehouse --format=json lint`. Throws CliError for a flag that the
 * command does not have, or has with other values: it would be ignored.
 */
function inheritOptions(leaf: Command, program: Command): void {
  for (const given of program.options) {
    const name = given.attributeName();
    if (program.getOptionValueSource(name) !== 'cli') continue;
    const own = leaf.options.find((candidate) => candidate.attributeName() === name);
    const value: unknown = program.getOptionValue(name);
    if (own === undefined) throw usageError(`${leaf.name()} has no flag ${given.long}`);
    if (own.argChoices !== undefined && !own.argChoices.includes(String(value)))
      throw usageError(
        `${given.long} of ${leaf.name()} is one of ${own.argChoices.join(', ')}, not '${String(value)}'`,
      );
    if (leaf.getOptionValueSource(name) !== 'cli') leaf.setOptionValueWithSource(name, value, 'cli');
  }
}

/** The command of a group such as `endpoints services`, made at its first use. */
function groupOf(program: Command, path: readonly string[], environment: CliEnvironment): Command {
  let group = program;
  for (const [depth, word] of path.entries()) {
    let next = group.commands.find((command) => command.name() === word);
    if (next === undefined) {
      next = prepare(new Command(word), environment);
      next.description(commandGroups[path.slice(0, depth + 1).join(' ')] ?? '');
      group.addCommand(next);
    }
    group = next;
  }
  return group;
}

function prepare(command: Command, environment: CliEnvironment): Command {
  return command
    .exitOverride()
    .configureOutput({ writeOut: environment.stdout, writeErr: environment.stderr })
    .configureHelp({ sortSubcommands: true })
    .helpOption('-h, --help', 'print this help');
}

function examplesText(examples: readonly string[]): string {
  if (examples.length === 0) return '';
  return `\nExamples:\n${examples.map((example) => `  $ ${programName} ${example}`).join('\n')}\n`;
}

/** Prints an error in gcloud's form and gives the exit code for it. */
function report(environment: CliEnvironment, path: readonly string[], error: unknown): number {
  const where = [programName, ...path].join('.');
  environment.stderr(`ERROR: (${where}) ${describeError(error)}\n`);
  if (error instanceof CliError) return error.exitCode;
  return error instanceof ConfigError ? exitCodes.usage : exitCodes.failed;
}
