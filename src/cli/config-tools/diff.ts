import type { ComparisonFormat } from '../../service-config/diff/render-comparison.ts';
import type { CliEnvironment } from '../cli-environment.ts';
import { CliError } from '../cli-error.ts';
import type { PlainCommand } from '../command.ts';
import { describeError } from '../describe-error.ts';
import { Session } from '../session.ts';
import { addConnectionOptions } from '../settings/global-options.ts';
import type { GlobalOptions } from '../settings/global-options.ts';
import { formatOption } from './format-option.ts';

/** What `diff` ends with, as diff(1) does. */
const codes = { same: 0, different: 1, trouble: 2 } as const;

/** `--format` has other values here than it has for commands that print records. */
interface DiffOptions extends Omit<GlobalOptions, 'format'> {
  readonly format: ComparisonFormat;
}

/** `diff`: what the step from one config to another changes for callers. Needs a control plane for `SERVICE@CONFIG` only. */
export const diffCommand: PlainCommand = {
  kind: 'plain',
  path: ['diff'],
  summary: 'say what a new config changes for those who call the service',
  examples: [
    'diff old.yaml openapi.yaml',
    'diff echo.endpoints.my-project.cloud.goog@ openapi.yaml',
    'diff --format=json echo.example.com@2026-01-31r0 echo.example.com@2026-01-31r1',
    'diff old.pb,old.yaml api_descriptor.pb,api_config.yaml',
  ],
  define(command, run) {
    command
      .argument('<old>', 'files separated by commas, or SERVICE@CONFIG; SERVICE@ is the newest config')
      .argument('<new>', 'the same')
      .addOption(formatOption('how the differences are printed', ['text', 'json']))
      .action((old: string, next: string, options: DiffOptions) =>
        run((environment) => compare(environment, [old, next], options)),
      );
    addConnectionOptions(command);
  },
};

async function compare(
  environment: CliEnvironment,
  [old, next]: readonly [string, string],
  { format, ...connection }: DiffOptions,
): Promise<number> {
  const [{ readOperand }, { compareServices }, { renderComparison }] = await Promise.all([
    import('./read-operand.ts'),
    import('../../service-config/diff/compare-services.ts'),
    import('../../service-config/diff/render-comparison.ts'),
  ]);
  const session = new Session(environment, connection);
  try {
    const comparison = compareServices(await readOperand(session, old), await readOperand(session, next));
    environment.stdout(renderComparison(comparison, format));
    return comparison.elements.length === 0 ? codes.same : codes.different;
  } catch (error) {
    // 1 is an answer here.
    throw new CliError(describeError(error), { exitCode: codes.trouble, cause: error });
  }
}
