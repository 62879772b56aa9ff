import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorMessage, systemErrorCode } from '../../core/errors.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { Secret } from '../../core/secret.ts';
import { CliError } from '../cli-error.ts';

/** Data folder when `--data` and GATEHOUSE_DATA say nothing, in the working folder. */
export const defaultDataFolder = '.gatehouse';

/** What a running control plane writes about itself into its data folder, as `endpoint.json`. */
export interface EndpointFile {
  /** Base URL of the APIs. */
  readonly url: string;
  /** Base URL of the console. */
  readonly consoleUrl?: string;
  /** Project to use when nobody names one. */
  readonly project?: string;
}

/** `endpoint.json`; undefined when no control plane has run with this folder. Throws CliError for a broken one. */
export function readEndpointFile(folder: string): EndpointFile | undefined {
  const path = join(folder, 'endpoint.json');
  const value = readJson(path);
  if (value === undefined) return undefined;
  const { url, consoleUrl, project } = value;
  if (typeof url !== 'string') throw new CliError(`${path} has no "url"; start the control plane again`);
  return {
    url,
    ...(typeof consoleUrl === 'string' ? { consoleUrl } : {}),
    ...(typeof project === 'string' ? { project } : {}),
  };
}

/** The owner's token beside it; undefined when there is none. */
export function readOwnerToken(folder: string): Secret | undefined {
  const text = readText(join(folder, 'owner-token'))?.trim();
  return text === undefined || text === '' ? undefined : new Secret(text);
}

/** What the client itself remembers in the folder, as `client.json`. */
export interface ClientSettings {
  readonly project?: string;
}

/** The client's settings; empty when there are none. */
export function readClientSettings(folder: string): ClientSettings {
  const project = readJson(join(folder, 'client.json'))?.['project'];
  return typeof project === 'string' ? { project } : {};
}

/** Writes the client's settings, making the folder if need be. */
export function writeClientSettings(folder: string, settings: ClientSettings): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replaceFile(join(folder, 'client.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
}

function readJson(path: string): Record<string, unknown> | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>; // JSON keys are strings.
  } catch {
    // Falls through to the one complaint.
  }
  throw new CliError(`${path} is not a JSON object; remove it or mend it`);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CliError(`cannot read ${path}: ${errorMessage(error)}`, { cause: error });
  }
}
