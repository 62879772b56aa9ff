import { Agent, request } from 'node:http';

/** What came of a load. */
export interface LoadReport {
  readonly requests: number;
  /** Everything but the wanted answer. */
  readonly failures: readonly string[];
}

const maxRequests = 200_000;

/** Posts the same JSON over a few kept connections until told to stop; bounded in count. */
export class HttpLoad {
  readonly #url: string;
  readonly #body: string;
  readonly #isGood: (status: number, body: string) => boolean;
  readonly #agent: Agent;
  readonly #lanes: Promise<void>[];
  readonly #failures: string[] = [];
  #requests = 0;
  #isStopped = false;

  constructor(
    url: string,
    body: string,
    isGood: (status: number, body: string) => boolean,
    connections: number = 4,
  ) {
    this.#url = url;
    this.#body = body;
    this.#isGood = isGood;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
    this.#lanes = Array.from({ length: connections }, () => this.#lane());
  }

  get requests(): number {
    return this.#requests;
  }

  async stop(): Promise<LoadReport> {
    this.#isStopped = true;
    await Promise.all(this.#lanes);
    this.#agent.destroy();
    return { requests: this.#requests, failures: this.#failures };
  }

  async #lane(): Promise<void> {
    while (!this.#isStopped && this.#requests < maxRequests) {
      this.#requests++;
      try {
        const { status, body } = await this.#ask();
        if (!this.#isGood(status, body)) this.#failures.push(`${status} ${body}`);
      } catch (error) {
        this.#failures.push(String(error));
      }
    }
  }

  #ask(): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        this.#url,
        { agent: this.#agent, method: 'POST', headers: { 'content-type': 'application/json' } },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
          response.on('error', reject).on('end', () => resolve({ status: response.statusCode ?? 0, body }));
        },
      );
      sent.on('error', reject).end(this.#body);
    });
  }
}
