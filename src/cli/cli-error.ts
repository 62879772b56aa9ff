/** What a command ends with. */
export const exitCodes = { ok: 0, failed: 1, usage: 2 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** A failure whose message tells a person what is wrong and how to mend it. */
export class CliError extends Error {
  override readonly name: string = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, options: { exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** A command line that cannot be understood: exit code 2. */
export function usageError(message: string): CliError {
  return new CliError(message, { exitCode: exitCodes.usage });
}

/** A command that the person ended before it was done. */
export function interrupted(cause?: unknown): CliError {
  return new CliError('Interrupted.', { cause });
}
