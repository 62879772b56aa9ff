import type { Secret } from '../core/secret.ts';

/** What belongs to the installation itself, by name. Every value rests encrypted. */
export interface SettingStore {
  get(name: string): Promise<Secret | undefined>;
  put(name: string, value: Secret): Promise<void>;
  /** Keeps what is there; returns what holds afterwards. */
  putIfAbsent(name: string, value: Secret): Promise<Secret>;
}
