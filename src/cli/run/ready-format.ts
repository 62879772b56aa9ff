import { Option } from 'commander';

/** `--format` of the commands that keep running. */
export function readyFormatOption(): Option {
  return new Option('--format <format>', 'json: one line of JSON when ready').choices(['json']);
}
