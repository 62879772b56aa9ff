import { Option } from 'commander';
import type { Command } from 'commander';

/** Flags of every command that talks to a control plane. */
export interface GlobalOptions {
  readonly project?: string;
  readonly endpoint?: string;
  readonly data?: string;
  readonly accessTokenFile?: string;
  readonly account?: string;
  readonly format?: string;
  readonly quiet?: boolean;
}

const heading = 'Which control plane, and as whom:';

/** Declares the flags that {@link GlobalOptions} holds. */
export function addGlobalOptions(command: Command): void {
  addConnectionOptions(command);
  const options: readonly (readonly [string, string])[] = [
    ['--format <format>', 'json, yaml, none, table(field,…), value(field,…) or csv(field,…)'],
    ['-q, --quiet', 'take the default answer to every question'],
  ];
  for (const [flags, description] of options)
    command.addOption(new Option(flags, description).helpGroup(heading));
}

/** Declares those that name a control plane and an identity. */
export function addConnectionOptions(command: Command): void {
  const options: readonly (readonly [string, string])[] = [
    ['--project <id>', 'project to use (env GATEHOUSE_PROJECT, then `config set project`)'],
    [
      '--endpoint <url>',
      'control plane; https://googleapis.com for Google (env GATEHOUSE_ENDPOINT, then the data folder)',
    ],
    ['--data <folder>', 'data folder of the control plane (env GATEHOUSE_DATA, default .gatehouse)'],
    [
      '--access-token-file <file>',
      'file with the access token (env GATEHOUSE_ACCESS_TOKEN holds the token itself)',
    ],
    ['--account <file>', 'JSON key file of the service account to act as'],
  ];
  for (const [flags, description] of options)
    command.addOption(new Option(flags, description).helpGroup(heading));
}
