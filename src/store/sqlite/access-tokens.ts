import type { AccessTokenStore } from '../access-tokens.ts';
import { lookupHash } from '../hash.ts';
import type { SqliteContext } from './sqlite-context.ts';

interface AccessTokenRow {
  readonly token_hash: string;
  readonly account_id: string;
  /** Separated by spaces, as OAuth writes them. */
  readonly scopes: string;
  readonly expires_at_ms: number;
}

export interface AccessTokenTables {
  readonly access_tokens: AccessTokenRow;
}

/** {@link AccessTokenStore} on SQLite. */
export function createAccessTokens({ db }: SqliteContext): AccessTokenStore {
  return {
    async insert(token, record, nowMs) {
      await db.deleteFrom('access_tokens').where('expires_at_ms', '<=', nowMs).execute();
      await db
        .insertInto('access_tokens')
        .values({
          token_hash: lookupHash(token),
          account_id: record.accountId,
          scopes: record.scopes.join(' '),
          expires_at_ms: record.expiresAtMs,
        })
        .execute();
    },
    async get(token) {
      const row = await db
        .selectFrom('access_tokens')
        .selectAll()
        .where('token_hash', '=', lookupHash(token))
        .executeTakeFirst();
      return (
        row && {
          accountId: row.account_id,
          scopes: row.scopes === '' ? [] : row.scopes.split(' '),
          expiresAtMs: row.expires_at_ms,
        }
      );
    },
  };
}
