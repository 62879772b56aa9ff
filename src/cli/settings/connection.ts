import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { errorMessage } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { readServiceAccountKey } from '../../core/service-account-key.ts';
import type { ServiceAccountKey } from '../../core/service-account-key.ts';
import type { CliEnvironment } from '../cli-environment.ts';
import { CliError, usageError } from '../cli-error.ts';
import { defaultDataFolder, readClientSettings, readEndpointFile, readOwnerToken } from './data-folder.ts';
import type { EndpointFile } from './data-folder.ts';
import type { GlobalOptions } from './global-options.ts';
import { fetchAccessToken } from './service-account-token.ts';

/** Where the APIs are: one base URL for all, or Google's hosts, one each. */
export type Endpoint =
  | { readonly kind: 'gatehouse'; readonly url: string; readonly consoleUrl: string | undefined }
  | { readonly kind: 'google' };

/** Flags, environment and data folder, read when first asked for, so that no command fails by what it needs not. */
export class Connection {
  readonly #environment: CliEnvironment;
  readonly #options: GlobalOptions;
  #account: ServiceAccountKey | undefined;

  constructor(environment: CliEnvironment, options: GlobalOptions) {
    this.#environment = environment;
    this.#options = options;
  }

  /** Absolute path of the data folder. */
  get dataFolder(): string {
    const { cwd, env } = this.#environment;
    return resolve(cwd, this.#options.data ?? env['GATEHOUSE_DATA'] ?? defaultDataFolder);
  }

  /** Throws CliError when nothing says where the control plane is. */
  endpoint(): Endpoint {
    const named = this.#options.endpoint ?? this.#environment.env['GATEHOUSE_ENDPOINT'];
    const file = this.#endpointFile();
    if (named === undefined && file === undefined)
      throw new CliError(
        `no control plane is known: start one with 'gatehouse server' in this folder, or name one with --endpoint URL`,
      );
    const url = parseUrl(named ?? (file as EndpointFile).url);
    if (/^https:\/\/(www\.)?googleapis\.com$/.test(url)) return { kind: 'google' };
    return { kind: 'gatehouse', url, consoleUrl: file?.url === url ? file.consoleUrl : undefined };
  }

  /** The token to call with: that of a file or variable, of a key file, or the owner's. Throws CliError without one. */
  async accessToken(): Promise<Secret> {
    const { env } = this.#environment;
    const file = this.#options.accessTokenFile;
    if (file !== undefined) return readToken(resolve(this.#environment.cwd, file));
    const account = this.account();
    if (account !== undefined)
      return fetchAccessToken(account, {
        nowMs: this.#environment.nowMs(),
        signal: this.#environment.signal,
      });
    if (env['GATEHOUSE_ACCESS_TOKEN'] !== undefined) return new Secret(env['GATEHOUSE_ACCESS_TOKEN'].trim());
    const owner = this.#mayUseOwnerToken() ? readOwnerToken(this.dataFolder) : undefined;
    if (owner !== undefined) return owner;
    throw new CliError(
      `no access token: use --account KEYFILE, --access-token-file FILE or GATEHOUSE_ACCESS_TOKEN, or point --data at the data folder of the control plane`,
    );
  }

  /** The account of `--account`. Throws ConfigError for a file that is no key. */
  account(): ServiceAccountKey | undefined {
    if (this.#options.account === undefined) return undefined;
    this.#account ??= readServiceAccountKey(resolve(this.#environment.cwd, this.#options.account));
    return this.#account;
  }

  /** The project in use. Throws CliError when nothing names one. */
  project(): string {
    const project =
      this.#options.project ??
      this.#environment.env['GATEHOUSE_PROJECT'] ??
      readClientSettings(this.dataFolder).project ??
      this.#endpointFile()?.project ??
      this.account()?.projectId;
    if (project !== undefined && project !== '') return project;
    throw new CliError(
      `The required property [project] is not currently set. Set it with 'gatehouse config set project PROJECT_ID', or use --project.`,
    );
  }

  #endpointFile(): EndpointFile | undefined {
    return readEndpointFile(this.dataFolder);
  }

  /** The owner's token goes to the server whose folder it lies in, to this machine, or where `--data` sends it. */
  #mayUseOwnerToken(): boolean {
    const endpoint = this.endpoint();
    if (endpoint.kind === 'google') return false;
    if (this.#options.data !== undefined || this.#endpointFile()?.url === endpoint.url) return true;
    return isLoopback(endpoint.url);
  }
}

/** Whether a URL stays on this machine. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function parseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usageError(`'${text}' is no URL of a control plane; use one such as http://127.0.0.1:8180`);
  return text.replace(/\/+$/, '');
}

function readToken(path: string): Secret {
  try {
    const token = readFileSync(path, 'utf8').trim();
    if (token !== '') return new Secret(token);
  } catch (error) {
    throw new CliError(`cannot read the access token file ${path}: ${errorMessage(error)}`, { cause: error });
  }
  throw new CliError(`the access token file ${path} is empty`);
}
