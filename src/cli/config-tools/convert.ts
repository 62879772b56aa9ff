import { Option } from 'commander';

import type { TargetVersion } from '../../service-config/convert/conversion.ts';
import { exitCodes } from '../cli-error.ts';
import type { PlainCommand } from '../command.ts';
import { formatOption } from './format-option.ts';
import { readSources } from './read-sources.ts';

interface ConvertCommandOptions {
  readonly to: TargetVersion;
  readonly format: 'yaml' | 'json';
}

/**
 * `convert`: an OpenAPI 2.0 document as 3.0 or 3.1. Prints the document; what it does not say any more goes to standard
 * error. Fails when there is no document, or one that has to be corrected before it compiles.
 */
export const convertCommand: PlainCommand = {
  kind: 'plain',
  path: ['convert'],
  summary: 'turn an OpenAPI 2.0 document into 3.0 or 3.1',
  examples: ['convert openapi.yaml > openapi3.yaml', 'convert openapi.yaml --to=3.1 --format=json'],
  define(command, run) {
    command
      .argument('<file>', 'OpenAPI 2.0 document')
      .addOption(new Option('--to <version>', 'version to convert to').choices(['3.0', '3.1']).default('3.0'))
      .addOption(formatOption('how the document is printed', ['yaml', 'json']))
      .action((name: string, options: ConvertCommandOptions) =>
        run(async (environment) => {
          const [{ convertOpenapi2 }, { renderDiagnostics }] = await Promise.all([
            import('../../service-config/convert/convert-openapi2.ts'),
            import('../../service-config/diagnostics/render.ts'),
          ]);
          const files = readSources(environment.cwd, [name]);
          const [file] = files;
          if (file === undefined) return exitCodes.failed;
          const { text, diagnostics } = convertOpenapi2(file, options);
          environment.stderr(renderDiagnostics(diagnostics, 'text', files));
          if (text !== undefined) environment.stdout(text);
          const isUsable = text !== undefined && diagnostics.every(({ kind }) => kind === 'warning');
          return isUsable ? exitCodes.ok : exitCodes.failed;
        }),
      );
  },
};
