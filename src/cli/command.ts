import type { Command } from 'commander';
import type { CliEnvironment } from './cli-environment.ts';
import type { Session } from './session.ts';

/** What every command says about itself. */
interface CommandBase {
  /** Words that call it: `['endpoints', 'services', 'deploy']`. */
  readonly path: readonly string[];
  /** One line for the list of commands. */
  readonly summary: string;
  /** Command lines for the help, without the program's name. */
  readonly examples: readonly string[];
}

/** A command that talks to a control plane; it gets the flags for that by itself. */
export interface ClientCommand extends CommandBase {
  readonly kind: 'client';
  /** Declares arguments and options and ends with `.action((…) => run((session) => …))`. */
  readonly define: (command: Command, run: RunInSession) => void;
}

/** A command that stands for itself: it serves, or works on files. */
export interface PlainCommand extends CommandBase {
  readonly kind: 'plain';
  /** Declares arguments and options and ends with `.action((…) => run((environment) => …))`. */
  readonly define: (command: Command, run: RunInEnvironment) => void;
}

export type CliCommand = ClientCommand | PlainCommand;

/** Runs a command's work; what it throws is printed and becomes the exit code. */
export type RunInSession = (work: (session: Session) => Promise<void>) => Promise<void>;

/** The same for plain commands, which may end with an exit code of their own. */
export type RunInEnvironment = (
  work: (environment: CliEnvironment) => Promise<number | undefined>,
) => Promise<void>;
