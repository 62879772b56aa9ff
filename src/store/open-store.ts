import { openSqliteStore } from './sqlite/open-sqlite-store.ts';
import type { Store } from './store.ts';

/** Where the state lives. */
export interface StoreOptions {
  /** Data folder; made with mode 0700 if it is not there. One process at a time. */
  readonly folder: string;
}

/**
 * Opens the state and brings its schema up to date.
 * Throws GatewayError STORE_LOCKED while another process holds the folder and ConfigError when the folder cannot
 * be used or was written by a newer version.
 */
export function openStore(options: StoreOptions): Promise<Store> {
  return openSqliteStore(options.folder);
}
