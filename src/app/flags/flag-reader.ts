import type { FlagSpec, RuntimeVersion } from './flag-spec.ts';
import { flagTable } from './flag-table.ts';
import { type ParsedFlags, parseDurationMs } from './parse-flags.ts';

/** Typed access to a parsed command line, with each flag's default from the table. */
export class FlagReader {
  readonly runtimeVersion: RuntimeVersion;
  readonly #flags: ParsedFlags;

  constructor(flags: ParsedFlags) {
    this.#flags = flags;
    this.runtimeVersion = flags.runtimeVersion;
  }

  /** Whether the flag stood on the command line with a value that counts. */
  isGiven(name: string): boolean {
    const { strings, lists, switches } = this.#flags.values;
    return strings.has(name) || lists.has(name) || switches.has(name);
  }

  /** The value, else the generation's default; '' when there is neither. */
  text(name: string): string {
    return this.#flags.values.strings.get(name) ?? this.#default(name);
  }

  /** Like {@link text}, with undefined for none. */
  optionalText(name: string): string | undefined {
    const value = this.text(name);
    return value === '' ? undefined : value;
  }

  /** The whole number; 0 when neither given nor defaulted. */
  int(name: string): number {
    return Number(this.text(name) || '0');
  }

  /** Milliseconds of a duration flag; 0 when neither given nor defaulted. */
  durationMs(name: string): number {
    return parseDurationMs(this.text(name) || '0') ?? 0;
  }

  isOn(name: string): boolean {
    const { strings, switches } = this.#flags.values;
    if (switches.has(name)) return true;
    return (strings.get(name) ?? this.#default(name)).toLowerCase() === 'true';
  }

  list(name: string): readonly string[] {
    return this.#flags.values.lists.get(name) ?? [];
  }

  /** The text split at commas, trimmed, without empty items. */
  commaList(name: string): string[] {
    return splitList(this.text(name), ',');
  }

  #default(name: string): string {
    const spec = flagTable.find((s: FlagSpec) => s.name === name);
    if (spec === undefined) throw new TypeError(`--${name} is not in the flag table`);
    return spec.defaults[this.runtimeVersion] ?? '';
  }
}

/** Trimmed, non-empty parts of `text`. */
export function splitList(text: string, separator: string): string[] {
  return text
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
