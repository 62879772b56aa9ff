import { Option } from 'commander';

/** `--format <format>` with the forms that a command can print; the first is the default. */
export function formatOption(description: string, formats: readonly [string, ...string[]]): Option {
  return new Option('--format <format>', description).choices(formats).default(formats[0]);
}
