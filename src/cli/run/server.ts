import { resolve } from 'node:path';
import { usageError } from '../cli-error.ts';
import type { CliCommand } from '../command.ts';
import { defaultDataFolder } from '../settings/data-folder.ts';
import { parsePort } from './parse-port.ts';
import { readyFormatOption } from './ready-format.ts';
import { untilStopped } from './until-stopped.ts';

/** Port of the control plane when nothing is said. */
const defaultPort = '8180';

interface ServerOptions {
  readonly data?: string;
  readonly host: string;
  readonly port: string;
  readonly publicUrl?: readonly string[];
  readonly format?: string;
}

/** `gatehouse server`. */
export const serverCommand: CliCommand = {
  kind: 'plain',
  path: ['server'],
  summary: 'run the control plane: Service Management, Service Control, API Keys, IAM',
  examples: [
    'server',
    'server --port=9000 --data=/var/lib/gatehouse',
    'server --host=0.0.0.0 --public-url=https://gate.example.com',
  ],
  define(command, run) {
    command
      .option('--data <folder>', `folder of the database (default: ${defaultDataFolder}, or GATEHOUSE_DATA)`)
      .option('--host <address>', 'address to listen on', '127.0.0.1')
      .option('--port <number>', 'port to listen on; 0 takes a free one', defaultPort)
      .option('--public-url <url...>', 'URL that clients use, for tokens and key files; may be repeated')
      .addOption(readyFormatOption())
      .action(async (options: ServerOptions) => {
        await run(async (environment) => {
          const [{ startControlPlane }, { systemClock }, { createLogger }] = await Promise.all([
            import('../../app/control/start-control-plane.ts'),
            import('../../core/clock.ts'),
            import('../../telemetry/logger.ts'),
          ]);
          const folder = resolve(
            environment.cwd,
            options.data ?? environment.env['GATEHOUSE_DATA'] ?? defaultDataFolder,
          );
          const logger = createLogger({ sink: environment.stderr });
          const control = await startControlPlane(
            {
              folder,
              host: options.host,
              port: parsePort('--port', options.port),
              baseUrls: (options.publicUrl ?? []).map(parsePublicUrl),
            },
            { clock: systemClock, logger },
          );
          const ready = { management: control.url, control: control.url, data: folder };
          environment.stdout(
            options.format === 'json'
              ? `${JSON.stringify(ready)}\n`
              : `control plane: ${control.url}\ndata:          ${folder}\n`,
          );
          await untilStopped(environment.signal);
          await control.close();
          return undefined;
        });
      });
  },
};

/** Without the slash at the end, as tokens and key files name it. Throws a usage error. */
function parsePublicUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    `${url.search}${url.hash}${url.username}` !== ''
  )
    throw usageError(
      `--public-url: ${text} is no URL of a server; give one such as https://gate.example.com`,
    );
  return url.href.replace(/\/+$/, '');
}
