import { Agent, get } from 'node:http';

const maxKeptFailures = 20;

/** Asks for one URL over a few kept connections until told to stop, and checks every answer. */
export class CheckedLoad {
  readonly #url: string;
  readonly #agent: Agent;
  readonly #lanes: readonly Promise<void>[];
  #requests = 0;
  #failed = 0;
  readonly #failures: string[] = [];
  #isStopped = false;

  constructor(url: string, wantedBody: string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#lanes = Array.from({ length: connections }, () => this.#lane(wantedBody));
  }

  get requests(): number {
    return this.#requests;
  }

  get failed(): number {
    return this.#failed;
  }

  /** The first failures in words. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Resolves when the last answers are in. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#lanes);
    this.#agent.destroy();
  }

  async #lane(wantedBody: string): Promise<void> {
    while (!this.#isStopped) {
      this.#requests++;
      const answer = await this.#ask();
      if (answer === `200 ${wantedBody}`) continue;
      this.#failed++;
      if (this.#failures.length < maxKeptFailures) this.#failures.push(answer);
    }
  }

  /** Status and body, or what went wrong. */
  #ask(): Promise<string> {
    return new Promise((resolve) => {
      get(this.#url, { agent: this.#agent }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('error', (error) => resolve(error.message));
        response.on('end', () => resolve(`${response.statusCode} ${body}`));
      }).on('error', (error) => resolve(error.message));
    });
  }
}
