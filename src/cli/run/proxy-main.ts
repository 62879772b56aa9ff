import { runProxyCommand } from '../../app/proxy/proxy-command.ts';
import { processVariables } from '../../app/environment.ts';

/** `gatehouse proxy …`: apart from the command tree, which a data plane need not load. */
export async function main(argv: readonly string[]): Promise<number> {
  return await runProxyCommand(argv.slice(1), {
    env: processVariables(),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
  });
}
