import type { Kysely } from 'kysely';
import type { SecretBox } from '../secret-box.ts';
import type { Tables } from './tables.ts';

/** What an aggregate's implementation is made from; `db` is the open transaction inside one. */
export interface SqliteContext {
  readonly db: Kysely<Tables>;
  readonly box: SecretBox;
}
