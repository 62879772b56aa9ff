import { ConfigError } from '../../core/errors.ts';
import { nearestName } from '../../core/nearest-name.ts';
import type { FlagSpec, FlagValues, RuntimeVersion } from './flag-spec.ts';
import { flagTable } from './flag-table.ts';

/** A command line read by the rules of Python's argparse, which both generations use. */
export interface ParsedFlags {
  readonly runtimeVersion: RuntimeVersion;
  readonly values: FlagValues;
  readonly helpWanted: boolean;
}

const versionFlag = 'runtime_version';
const negatablePrefix = 'no-';

/**
 * Reads `argv` (without program and command). Takes `--flag value` and `--flag=value`, short forms with `-f value`,
 * `-f=value` and `-fvalue`, and any unambiguous prefix of a name. Throws {@link ConfigError} on the first mistake.
 */
export function parseFlags(argv: readonly string[]): ParsedFlags {
  const runtimeVersion = findRuntimeVersion(argv);
  const known = flagTable.filter((spec) => runtimeVersion in spec.defaults);
  const strings = new Map<string, string>();
  const lists = new Map<string, string[]>();
  const switches = new Set<string>();
  let helpWanted = false;

  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] as string;
    if (argument === '-h' || argument === '--help') {
      helpWanted = true;
      continue;
    }
    const { spec, inlineValue, negated } = findFlag(argument, known, runtimeVersion);
    const shown = `--${spec.name}`;
    if (spec.status.kind === 'refused') throw new ConfigError(shown, `is not supported: ${spec.status.why}`);
    if (spec.kind === 'switch') {
      if (inlineValue !== undefined) throw new ConfigError(shown, 'takes no value', `write ${shown}`);
      if (negated) strings.set(spec.name, 'false');
      else switches.add(spec.name);
      continue;
    }
    const value = inlineValue ?? argv[++i];
    if (value === undefined) throw new ConfigError(shown, 'needs a value', `write ${shown}=VALUE`);
    checkValue(spec, value);
    if (spec.kind === 'list') lists.set(spec.name, [...(lists.get(spec.name) ?? []), value]);
    // argparse's truthiness: an empty text counts as not given.
    else if (value !== '') strings.set(spec.name, value);
  }
  return { runtimeVersion, values: { strings, lists, switches }, helpWanted };
}

function findRuntimeVersion(argv: readonly string[]): RuntimeVersion {
  const at = argv.findLastIndex(
    (argument) => argument === `--${versionFlag}` || argument.startsWith(`--${versionFlag}=`),
  );
  if (at < 0) return '1';
  const argument = argv[at] as string;
  const text = argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : argv[at + 1];
  if (text === '1' || text === '2') return text;
  throw new ConfigError(`--${versionFlag}`, `${text ?? 'nothing'} is no generation of ESP`, 'choose 1 or 2');
}

interface FoundFlag {
  readonly spec: FlagSpec;
  readonly inlineValue: string | undefined;
  readonly negated: boolean;
}

function findFlag(argument: string, known: readonly FlagSpec[], version: RuntimeVersion): FoundFlag {
  if (!argument.startsWith('-') || argument === '-') {
    throw new ConfigError(argument, 'is no flag, and no positional arguments are taken', 'see --help');
  }
  if (!argument.startsWith('--')) return findShortFlag(argument, known, version);
  const equals = argument.indexOf('=');
  const name = equals < 0 ? argument.slice(2) : argument.slice(2, equals);
  const inlineValue = equals < 0 ? undefined : argument.slice(equals + 1);
  const exact = known.find((spec) => spec.name === name);
  if (exact !== undefined) return { spec: exact, inlineValue, negated: false };
  if (name.startsWith(negatablePrefix)) {
    const spec = known.find(
      (s) => s.name === name.slice(negatablePrefix.length) && s.defaults[version] === 'true',
    );
    if (spec !== undefined) return { spec, inlineValue, negated: true };
  }
  const candidates = name === '' ? [] : known.filter((spec) => spec.name.startsWith(name));
  if (candidates.length === 1) return { spec: candidates[0] as FlagSpec, inlineValue, negated: false };
  if (candidates.length > 1) {
    const names = candidates.map((spec) => `--${spec.name}`).join(', ');
    throw new ConfigError(`--${name}`, `could be ${names}`, 'write more of it');
  }
  throw unknownFlag(name, version);
}

function findShortFlag(argument: string, known: readonly FlagSpec[], version: RuntimeVersion): FoundFlag {
  const letter = argument[1] as string;
  const spec = known.find((s) => s.short === letter && (s.shortOnlyIn ?? version) === version);
  if (spec === undefined) throw new ConfigError(`-${letter}`, 'is no known flag', 'see --help');
  const rest = argument.slice(2);
  const inlineValue = rest === '' ? undefined : rest.startsWith('=') ? rest.slice(1) : rest;
  return { spec, inlineValue, negated: false };
}

function unknownFlag(name: string, version: RuntimeVersion): ConfigError {
  const shown = `--${name}`;
  const other = flagTable.find((spec) => spec.name === name);
  if (other !== undefined) {
    const owner = version === '1' ? 'ESPv2' : 'ESP v1';
    const otherVersion = version === '1' ? '2' : '1';
    return new ConfigError(
      shown,
      `is a flag of ${owner}`,
      `add --runtime_version=${otherVersion} to be ${owner}`,
    );
  }
  const names = flagTable.filter((spec) => version in spec.defaults).map((spec) => spec.name);
  const nearest = nearestName(name, names, maxSuggestedEdits);
  return new ConfigError(
    shown,
    'is no known flag',
    nearest === undefined ? 'see --help' : `did you mean --${nearest}?`,
  );
}

/** Names of flags are long: so many edits still make a suggestion. */
const maxSuggestedEdits = 3;

function checkValue(spec: FlagSpec, value: string): void {
  const shown = `--${spec.name}`;
  if (spec.kind === 'int' && !/^-?\d{1,9}$/.test(value))
    throw new ConfigError(shown, `${value} is no whole number`);
  if (spec.kind === 'choice' && !(spec.choices ?? []).includes(value)) {
    throw new ConfigError(
      shown,
      `${value} is not one of the choices`,
      `choose from ${spec.choices?.join(', ')}`,
    );
  }
  if (spec.kind === 'duration' && parseDurationMs(value) === undefined) {
    throw new ConfigError(shown, `${value} is no duration`, 'write for example 500ms, 20s, 5m or 1h30m');
  }
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a Go duration (`1h30m`, `500ms`, `1.5s`, `0`), or undefined when it is none. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (unitMs[unit as string] as number);
  }
  return Math.round(total);
}
