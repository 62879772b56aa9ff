import { createInterface } from 'node:readline/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The world as the command line sees it. Tests pass their own. */
export interface CliEnvironment {
  /** Environment variables. Reading process.env is the composition's business. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  /** Data. */
  readonly stdout: (text: string) => void;
  /** Talk. */
  readonly stderr: (text: string) => void;
  /** Asks a person; undefined where nobody can answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly sleep: (ms: number) => Promise<void>;
  readonly nowMs: () => number;
  /** Aborts when the person interrupts, or the process is asked to end. */
  readonly signal: AbortSignal;
}

/** This process's own terminal, clock and folder. */
export function createProcessEnvironment(options: {
  readonly env: CliEnvironment['env'];
  readonly signal: AbortSignal;
}): CliEnvironment {
  const { env, signal } = options;
  return {
    env,
    signal,
    cwd: process.cwd(),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    ask: process.stdin.isTTY && process.stderr.isTTY ? (question) => ask(question, signal) : undefined,
    sleep: (ms) => delay(ms, undefined, { signal }),
    nowMs: () => Date.now(),
  };
}

async function ask(question: string, signal: AbortSignal): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question, { signal });
  } finally {
    terminal.close();
  }
}
