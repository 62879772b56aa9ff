import { Resolver, lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock } from '../../core/clock.ts';
import { systemClock } from '../../core/clock.ts';

/**
 * Which addresses are wanted (`--backend_dns_lookup_family`): one family only, one before the other, or both.
 * `auto` is Envoy's name for IPv6 before IPv4.
 */
export type DnsFamily = 'auto' | 'v4only' | 'v6only' | 'v4preferred' | 'all';

/** ESPv2's default. */
export const defaultDnsFamily: DnsFamily = 'v4preferred';

/** Answers of one question: the addresses and how long they hold. */
export interface DnsAnswer {
  readonly addresses: readonly string[];
  /** Undefined when the source does not tell. */
  readonly ttlMs: number | undefined;
}

/** Asks for the addresses of one family; rejects when there are none or nobody answers. */
export type DnsQuery = (host: string, family: 4 | 6) => Promise<DnsAnswer>;

/** How names are resolved. */
export interface DnsResolverOptions {
  /**
   * `IP[:port]` of the servers to ask (`--dns_resolver_addresses`, split on `;`, and ESPv2's `--dns`), port 53 unless
   * given. Default: the system's resolver with its hosts file and search list.
   */
  readonly servers?: readonly string[];
  /** Milliseconds for one question to a custom server, and how often it is asked. Defaults 5000 and 2. */
  readonly timeoutMs?: number;
  readonly tries?: number;
  /** An answer is used at least and at most so long. Defaults 5 s (Envoy's refresh rate) and 60 s. */
  readonly minTtlMs?: number;
  readonly maxTtlMs?: number;
  /** Names remembered. Default 1000. */
  readonly maxEntries?: number;
  /** Addresses kept of one answer. Default 64. */
  readonly maxAddresses?: number;
  readonly clock?: Clock;
  /** Replaces the network; for tests. */
  readonly query?: DnsQuery;
}

interface Entry {
  addresses: readonly string[];
  freshUntilMs: number;
  pending: Promise<readonly string[]> | undefined;
}

/**
 * Names to addresses, with a cache. A stale answer is used while a new one is fetched, and stays in use when that
 * fails: a name server that is down stops nobody who is known.
 */
export class DnsResolver {
  readonly #options: DnsResolverOptions;
  readonly #clock: Clock;
  readonly #query: DnsQuery;
  readonly #entries = new Map<string, Entry>();

  /** @throws TypeError for a server that is not `IP[:port]` */
  constructor(options: DnsResolverOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#query = options.query ?? createQuery(options);
  }

  /**
   * The addresses of `host`, best first; rejects when there are none. An IP address is its own answer.
   */
  resolve(host: string, family: DnsFamily = defaultDnsFamily): Promise<readonly string[]> {
    const known = this.peek(host, family);
    if (known !== undefined) return Promise.resolve(known);
    const entry = this.#entries.get(`${family} ${host}`);
    return entry?.pending ?? this.#refresh(host, family);
  }

  /** What is known of `host` without asking; a stale answer starts a refresh in the background. */
  peek(host: string, family: DnsFamily = defaultDnsFamily): readonly string[] | undefined {
    if (isIP(host) !== 0) return [host];
    const entry = this.#entries.get(`${family} ${host}`);
    if (entry === undefined || entry.addresses.length === 0) return undefined;
    if (entry.freshUntilMs <= this.#clock.monotonicMs() && entry.pending === undefined)
      this.#refresh(host, family).catch(() => undefined);
    return entry.addresses;
  }

  #refresh(host: string, family: DnsFamily): Promise<readonly string[]> {
    const entry = this.#entryOf(`${family} ${host}`);
    const pending = resolveFamily(this.#query, host, family).then(
      (answer) => this.#store(entry, answer),
      (error: unknown) => {
        entry.pending = undefined;
        // Asked again after the shortest time, not at every request.
        entry.freshUntilMs = this.#clock.monotonicMs() + this.#minTtlMs;
        if (entry.addresses.length > 0) return entry.addresses;
        throw error;
      },
    );
    entry.pending = pending;
    return pending;
  }

  #store(entry: Entry, answer: DnsAnswer): readonly string[] {
    const { maxTtlMs = 60_000, maxAddresses = 64 } = this.#options;
    const ttlMs = Math.min(Math.max(answer.ttlMs ?? 0, this.#minTtlMs), maxTtlMs);
    entry.pending = undefined;
    entry.addresses = answer.addresses.slice(0, maxAddresses);
    entry.freshUntilMs = this.#clock.monotonicMs() + ttlMs;
    return entry.addresses;
  }

  #entryOf(key: string): Entry {
    const present = this.#entries.get(key);
    if (present !== undefined) return present;
    const { maxEntries = 1000 } = this.#options;
    if (this.#entries.size >= maxEntries) {
      const oldest = this.#entries.keys().next();
      if (oldest.done !== true) this.#entries.delete(oldest.value);
    }
    const entry: Entry = { addresses: [], freshUntilMs: 0, pending: undefined };
    this.#entries.set(key, entry);
    return entry;
  }

  get #minTtlMs(): number {
    return this.#options.minTtlMs ?? 5000;
  }
}

/** `--dns_resolver_addresses`: entries joined by `;`, `IP[:port]`; undefined when one is not (IPv6 is refused). */
export function parseDnsServers(text: string): string[] | undefined {
  const servers = text.split(';');
  return servers.every((server) => isServer(server)) ? servers : undefined;
}

function isServer(server: string): boolean {
  const match = /^([\d.]+)(?::(\d{1,5}))?$/.exec(server);
  return match !== null && isIP(match[1] as string) === 4 && Number(match[2] ?? 53) <= 65_535;
}

async function resolveFamily(query: DnsQuery, host: string, family: DnsFamily): Promise<DnsAnswer> {
  switch (family) {
    case 'v4only':
      return query(host, 4);
    case 'v6only':
      return query(host, 6);
    case 'v4preferred':
      return query(host, 4).catch(() => query(host, 6));
    case 'auto':
      return query(host, 6).catch(() => query(host, 4));
    case 'all':
      return both(query, host);
    default:
      throw new TypeError(`unknown family ${String(family satisfies never)}`);
  }
}

/** IPv6 first, then alternating, as RFC 8305 §4 orders them. */
async function both(query: DnsQuery, host: string): Promise<DnsAnswer> {
  const [v6, v4] = await Promise.allSettled([query(host, 6), query(host, 4)]);
  if (v6.status === 'rejected' && v4.status === 'rejected') throw v4.reason;
  const sixes = v6.status === 'fulfilled' ? v6.value : { addresses: [], ttlMs: undefined };
  const fours = v4.status === 'fulfilled' ? v4.value : { addresses: [], ttlMs: undefined };
  const addresses: string[] = [];
  for (let i = 0; i < Math.max(sixes.addresses.length, fours.addresses.length); i++)
    for (const address of [sixes.addresses[i], fours.addresses[i]])
      if (address !== undefined) addresses.push(address);
  const ttls = [sixes.ttlMs, fours.ttlMs].filter((ttl) => ttl !== undefined);
  return { addresses, ttlMs: ttls.length === 0 ? undefined : Math.min(...ttls) };
}

function createQuery(options: DnsResolverOptions): DnsQuery {
  const { servers, timeoutMs = 5000, tries = 2 } = options;
  if (servers === undefined || servers.length === 0) return systemQuery;
  if (!servers.every(isServer)) throw new TypeError(`not all are IP[:port]: ${servers.join(';')}`);
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  resolver.setServers(servers);
  return (host, family) =>
    new Promise((resolve, reject) => {
      // RFC 6761 §6.3: no server is asked for these.
      if (host === 'localhost' || host.endsWith('.localhost')) {
        resolve({ addresses: [family === 4 ? '127.0.0.1' : '::1'], ttlMs: undefined });
        return;
      }
      const done = (error: Error | null, records: ReadonlyArray<{ address: string; ttl: number }>): void => {
        if (error !== null) reject(error);
        else resolve(toAnswer(records));
      };
      if (family === 4) resolver.resolve4(host, { ttl: true }, done);
      else resolver.resolve6(host, { ttl: true }, done);
    });
}

function toAnswer(records: ReadonlyArray<{ address: string; ttl: number }>): DnsAnswer {
  return {
    addresses: records.map((record) => record.address),
    ttlMs: Math.min(...records.map((record) => record.ttl)) * 1000,
  };
}

const systemQuery: DnsQuery = (host, family) =>
  new Promise((resolve, reject) => {
    lookup(host, { family, all: true, order: 'verbatim' }, (error, addresses) => {
      if (error !== null) reject(error);
      else resolve({ addresses: addresses.map(({ address }) => address), ttlMs: undefined });
    });
  });
