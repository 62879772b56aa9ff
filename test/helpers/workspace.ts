import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, Program } from './program.ts';

/** A folder of a test's own, with the commands of the product run in it. The test's end stops and removes it all. */
export class Workspace {
  readonly folder: string;
  readonly #programs: Program[] = [];

  /** @param context a test, or a suite's own `after` */
  constructor(context: { after(close: () => Promise<void>): void }) {
    this.folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
    context.after(async () => {
      for (const program of this.#programs.toReversed()) await program.stop('SIGKILL');
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  /** Starts a command; it is ended with the test. */
  start(...args: string[]): Program {
    return this.#keep(Program.gatehouse(args, this.#options));
  }

  /** Starts another Node program. */
  node(...args: string[]): Program {
    return this.#keep(Program.node(args, this.#options));
  }

  /** Runs a command to its end; fails the test unless it ends with 0. */
  async run(...args: string[]): Promise<Finished> {
    const finished = await Program.run(args, this.#options);
    if (finished.code !== 0)
      throw new Error(`gatehouse ${args.join(' ')} ended with ${finished.code}:\n${finished.stderr}`);
    return finished;
  }

  /** Runs a command to its end, whatever that is. */
  async attempt(...args: string[]): Promise<Finished> {
    return await Program.run(args, this.#options);
  }

  get #options(): { cwd: string; env: Record<string, string> } {
    // A state folder of its own: the last good config of one test must not serve in another.
    return { cwd: this.folder, env: { XDG_STATE_HOME: join(this.folder, 'state-home') } };
  }

  #keep(program: Program): Program {
    this.#programs.push(program);
    return program;
  }
}
