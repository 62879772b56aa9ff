import type { Diagnostic } from '../../service-config/diagnostic.ts';
import type { DiagnosticFormat } from '../../service-config/diagnostics/render.ts';
import { exitCodes } from '../cli-error.ts';
import type { PlainCommand } from '../command.ts';
import { formatOption } from './format-option.ts';
import { readSources } from './read-sources.ts';

interface LintOptions {
  readonly format: DiagnosticFormat;
  readonly strict?: boolean;
}

/** `lint`: what a deploy of the files would complain about, without a control plane. */
export const lintCommand: PlainCommand = {
  kind: 'plain',
  path: ['lint'],
  summary: 'check files as a deploy would, and print what is wrong and where',
  examples: ['lint openapi.yaml', 'lint --strict openapi.yaml', 'lint --format=github api/openapi.yaml'],
  define(command, run) {
    command
      .argument('<files...>', 'OpenAPI documents, descriptor sets with service configs, or one whole config')
      .addOption(formatOption('how findings are printed', ['text', 'json', 'github']))
      .option('--strict', 'fail on warnings too')
      .action((names: readonly string[], options: LintOptions) =>
        run(async (environment) => {
          const [{ compileFiles }, { renderDiagnostics }] = await Promise.all([
            import('../../service-config/compile.ts'),
            import('../../service-config/diagnostics/render.ts'),
          ]);
          const files = readSources(environment.cwd, names);
          const { diagnostics } = compileFiles(files, { producerProjectId: '' });
          environment.stdout(renderDiagnostics(diagnostics, options.format, files));
          environment.stderr(`${summaryOf(diagnostics)}\n`);
          const isFatal = ({ kind }: Diagnostic): boolean => kind === 'error' || options.strict === true;
          return diagnostics.some(isFatal) ? exitCodes.failed : exitCodes.ok;
        }),
      );
  },
};

/** `2 errors, 1 warning`. */
function summaryOf(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ kind }) => kind === 'error').length;
  return `${count(errors, 'error')}, ${count(diagnostics.length - errors, 'warning')}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
