import { exitCodes } from '../cli-error.ts';
import type { PlainCommand } from '../command.ts';
import { formatValue } from '../output/format.ts';
import { formatOption } from './format-option.ts';
import { readSources } from './read-sources.ts';

interface CompileCommandOptions {
  readonly format: 'json' | 'yaml';
  readonly producerProject: string;
}

/** `compile`: the config that a deploy would make, without a control plane. Equal files print equal bytes. */
export const compileCommand: PlainCommand = {
  kind: 'plain',
  path: ['compile'],
  summary: 'print the service config that files compile to',
  examples: [
    'compile openapi.yaml',
    'compile openapi.yaml --format=yaml',
    'compile api_descriptor.pb api_config.yaml > service.json',
  ],
  define(command, run) {
    command
      .argument('<files...>', 'OpenAPI documents, descriptor sets with service configs, or one whole config')
      .addOption(formatOption('how the config is printed', ['json', 'yaml']))
      .option('--producer-project <id>', 'project to write into the config', '')
      .action((names: readonly string[], options: CompileCommandOptions) =>
        run(async (environment) => {
          const [{ compileFiles }, { renderDiagnostics }, { serviceToJson }] = await Promise.all([
            import('../../service-config/compile.ts'),
            import('../../service-config/diagnostics/render.ts'),
            import('../../service-config/to-json.ts'),
          ]);
          const files = readSources(environment.cwd, names);
          const { service, diagnostics } = compileFiles(files, {
            producerProjectId: options.producerProject,
          });
          environment.stderr(renderDiagnostics(diagnostics, 'text', files));
          if (service === undefined) return exitCodes.failed;
          environment.stdout(formatValue(serviceToJson(service), { kind: options.format }));
          return exitCodes.ok;
        }),
      );
  },
};
