/** The public half of a service account's key. Private keys are handed out once and never kept. */
export interface ServiceAccountKeyRecord {
  /** 40 hex digits; the `kid` of what the key signs. */
  readonly keyId: string;
  /** Unique id of the account. */
  readonly accountId: string;
  /** Self-signed X.509 certificate in PEM, for the publishing endpoints. */
  readonly certificatePem: string;
  readonly validAfterMs: number;
  readonly validBeforeMs: number;
  readonly origin: 'GOOGLE_PROVIDED' | 'USER_PROVIDED';
  readonly disabled: boolean;
}

/** Keys of service accounts. */
export interface ServiceAccountKeyStore {
  /** False when the key id is taken. */
  insert(record: ServiceAccountKeyRecord): Promise<boolean>;
  get(keyId: string): Promise<ServiceAccountKeyRecord | undefined>;
  /** Oldest first. An account has ten at most. */
  list(accountId: string): Promise<readonly ServiceAccountKeyRecord[]>;
  setDisabled(keyId: string, disabled: boolean): Promise<boolean>;
  delete(keyId: string): Promise<boolean>;
}
