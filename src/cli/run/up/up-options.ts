/** Which ESP the proxy is. */
export type RuntimeVersion = '1' | '2';

/** Flags of `gatehouse up`, with defaults filled in but for the data folder's. */
export interface UpOptions {
  readonly data?: string;
  readonly backend?: string;
  readonly http_port: string;
  readonly control_port: string;
  readonly project: string;
  readonly runtime_version: RuntimeVersion;
  readonly format?: 'json';
}

/** What `gatehouse up --format=json` prints in one line when ready. */
export interface UpReport {
  readonly service: string;
  readonly configId: string;
  /** URLs. */
  readonly proxy: string;
  readonly management: string;
  readonly control: string;
  readonly console: string | null;
  readonly project: string;
  /** The key string. */
  readonly apiKey: string;
  /** Path of the key file. */
  readonly serviceAccountKey: string;
}
