import type { LogEntry } from '../gen/google/logging/v2/log_entry_pb.ts';
import type { Page, PageRequest } from './page.ts';

/** A log entry with what it is looked up by. */
export interface LogRecord {
  /** Project that the entry belongs to: the producer's, for `endpoints_log`. */
  readonly projectId: string;
  /** Service whose API was called; '' for entries that no service wrote. */
  readonly serviceName: string;
  readonly method: string;
  /** Complete, log name, resource and insert id included. */
  readonly entry: LogEntry;
  /** Of the entry; the time of receipt when it had none. */
  readonly timestampMs: number;
}

/** What to look for; an absent field selects nothing away. */
export interface LogQuery {
  readonly projectIds: readonly string[];
  readonly logNames?: readonly string[];
  readonly serviceName?: string;
  readonly method?: string;
  /** google.logging.type.LogSeverity. */
  readonly minSeverity?: number;
  /** Entries in [fromMs, untilMs). */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** Default oldest first. */
  readonly newestFirst?: boolean;
}

/** Log entries, kept for a while. */
export interface LogStore {
  append(records: readonly LogRecord[]): Promise<void>;
  /** By time; entries of one millisecond in the order in which they came. */
  list(query: LogQuery, page: PageRequest): Promise<Page<LogRecord>>;
  /** Names of the logs that a project has. */
  listLogNames(projectId: string): Promise<readonly string[]>;
  /** Forgets entries before then and, oldest first, those beyond `maxEntries`; returns how many. */
  prune(beforeMs: number, maxEntries: number): Promise<number>;
}
