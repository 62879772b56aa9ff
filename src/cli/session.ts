import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { ApiClient } from './api/api-client.ts';
import type { CliEnvironment } from './cli-environment.ts';
import { CliError } from './cli-error.ts';
import { formatValue, parseFormat } from './output/format.ts';
import type { Format } from './output/format.ts';
import { applyListFlags } from './output/list-flags.ts';
import type { ListFlags } from './output/list-flags.ts';
import { Connection, isLoopback } from './settings/connection.ts';
import type { GlobalOptions } from './settings/global-options.ts';

const unattended =
  'This prompt could not be answered because you are not in an interactive session. ' +
  'You can re-run the command with the --quiet flag to accept default answers for all prompts.';

/** A question before something is done. */
export interface Question {
  readonly message: string;
  /** Default `Do you want to continue`. */
  readonly prompt?: string;
  /** Without anybody to ask: throw (the default), or go on as if the answer were yes. */
  readonly whenUnattended?: 'throw' | 'continue';
}

/** One run of one client command: the APIs it calls, the flags it got, and where it prints. */
export class Session {
  readonly environment: CliEnvironment;
  readonly connection: Connection;
  readonly api: ApiClient;
  readonly #options: GlobalOptions;

  constructor(environment: CliEnvironment, options: GlobalOptions) {
    this.environment = environment;
    this.#options = options;
    this.connection = new Connection(environment, options);
    this.api = new ApiClient({
      endpoint: () => this.connection.endpoint(),
      accessToken: () => this.#accessToken(),
      signal: environment.signal,
    });
  }

  /** The project in use; see {@link Connection.project}. */
  project(): string {
    return this.connection.project();
  }

  /** The name given, or the project in use. */
  projectOr(name: string | undefined): string {
    return name ?? this.project();
  }

  /** Whether the person chose a format. */
  get hasFormat(): boolean {
    return this.#options.format !== undefined;
  }

  /** Prints a record as data. */
  print(value: JsonValue, own: Format = { kind: 'yaml' }): void {
    const format = this.#options.format === undefined ? own : parseFormat(this.#options.format, own);
    this.environment.stdout(formatValue(value, format));
  }

  /** Prints a list as data, after its flags were applied. */
  printList(records: readonly JsonObject[], own: Format, flags: ListFlags = {}): void {
    const shown = applyListFlags(records, flags);
    if (shown.length === 0) this.say('Listed 0 items.');
    if (shown.length > 0 || this.hasFormat) this.print(shown, own);
  }

  /** A line of talk. */
  say(line: string): void {
    this.environment.stderr(`${line}\n`);
  }

  warn(line: string): void {
    this.say(`WARNING: ${line}`);
  }

  /** Asks before going on. Throws CliError when the answer is no, and as {@link Question} says when nobody is there. */
  async confirm(question: Question): Promise<void> {
    if (this.#options.quiet === true) return;
    const { ask } = this.environment;
    if (ask === undefined) {
      if (question.whenUnattended === 'continue') return;
      throw new CliError(unattended);
    }
    this.say(`${question.message}\n`);
    for (;;) {
      const answer = (await ask(`${question.prompt ?? 'Do you want to continue'} (Y/n)?  `))
        .trim()
        .toLowerCase();
      if (answer === '' || answer === 'y' || answer === 'yes') return this.say('');
      if (answer === 'n' || answer === 'no') throw new CliError('Aborted by user.');
      this.say("Please enter 'y' or 'n':");
    }
  }

  async #accessToken(): ReturnType<Connection['accessToken']> {
    const token = await this.connection.accessToken();
    const endpoint = this.connection.endpoint();
    if (endpoint.kind === 'gatehouse' && endpoint.url.startsWith('http:') && !isLoopback(endpoint.url))
      this.warn(`the access token goes to ${endpoint.url} unencrypted; put TLS in front of it.`);
    return token;
  }
}
