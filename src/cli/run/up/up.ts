import { Option } from 'commander';
import type { CliCommand } from '../../command.ts';
import { CliError } from '../../cli-error.ts';
import { defaultDataFolder } from '../../settings/data-folder.ts';
import { readyFormatOption } from '../ready-format.ts';
import { untilStopped } from '../until-stopped.ts';
import type { RunningUp } from './start-up.ts';
import type { UpOptions } from './up-options.ts';

/** `gatehouse up`. */
export const upCommand: CliCommand = {
  kind: 'plain',
  path: ['up'],
  summary: 'run everything on this machine: control plane, deploy, one API key, proxy',
  examples: [
    'up',
    'up openapi.yaml --backend=http://localhost:8080',
    'up openapi.yaml --http_port=0 --format=json',
  ],
  define(command, run) {
    command
      .argument('[openapi...]', 'OpenAPI documents of your API; without one the sample API is served')
      .option(
        '--backend <address>',
        'where your API listens (default: localhost:8080, or the addresses in the documents)',
      )
      .option('--http_port <number>', 'port of the gate; 0 takes a free one', '8082')
      .option('--control_port <number>', 'port of the control plane; 0 takes a free one', '8180')
      .option('--project <id>', 'project that owns the service and the key', 'gatehouse-local')
      .option(
        '--data <folder>',
        `folder that keeps everything (default: ${defaultDataFolder}, or GATEHOUSE_DATA)`,
      )
      .addOption(
        new Option('--runtime_version <number>', 'which ESP the proxy is: endpoints-runtime:1 or :2')
          .choices(['1', '2'])
          .default('1'),
      )
      .addOption(readyFormatOption())
      .action(async (names: string[], options: UpOptions) => {
        await run(async (environment) => {
          const { startUp } = await import('./start-up.ts');
          const up = await startUp(names, options, environment);
          environment.stdout(options.format === 'json' ? `${JSON.stringify(up.report)}\n` : describe(up));
          const broken = await Promise.race([untilStopped(environment.signal), up.broken]);
          await up.close();
          if (typeof broken === 'string') throw new CliError(`a part ended by itself: ${broken}`);
          return undefined;
        });
      });
  },
};

function describe({ report, backend, isSample }: RunningUp): string {
  const lines = [
    `service        ${report.service} (config ${report.configId})`,
    `gate           ${report.proxy}`,
    `backend        ${backend}`,
    `control plane  ${report.control}`,
    `API key        ${report.apiKey}`,
    `proxy's key    ${report.serviceAccountKey}`,
  ];
  if (isSample) {
    const call = `curl -d '{"message":"hello world"}' -H content-type:application/json`;
    lines.push(
      '',
      'Refused, without a key:',
      `  ${call} ${report.proxy}/echo`,
      'Served, with the key:',
      `  ${call} '${report.proxy}/echo?key=${report.apiKey}'`,
    );
  } else {
    lines.push(
      '',
      'Without a key:',
      `  curl -i ${report.proxy}/`,
      'With the key:',
      `  curl -i '${report.proxy}/?key=${report.apiKey}'`,
    );
  }
  lines.push('', 'Ctrl-C stops everything.');
  return `${lines.join('\n')}\n`;
}
