/** An access token that we issued, known only by its hash. */
export interface AccessTokenRecord {
  /** Unique id of the service account it speaks for. */
  readonly accountId: string;
  readonly scopes: readonly string[];
  readonly expiresAtMs: number;
}

/** Access tokens; those that have expired are forgotten. */
export interface AccessTokenStore {
  /** Keeps the token's SHA-256 and forgets what has expired by `nowMs`. */
  insert(token: string, record: AccessTokenRecord, nowMs: number): Promise<void>;
  /** Expired ones may still be found: compare `expiresAtMs`. */
  get(token: string): Promise<AccessTokenRecord | undefined>;
}
