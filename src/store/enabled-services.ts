/** A consumer project's activation of a service. */
export interface EnabledServiceRecord {
  readonly projectId: string;
  readonly serviceName: string;
  readonly enabledAtMs: number;
}

/** Which projects have activated which services. */
export interface EnabledServiceStore {
  isEnabled(projectId: string, serviceName: string): Promise<boolean>;
  /** False when it was enabled already. */
  enable(record: EnabledServiceRecord): Promise<boolean>;
  /** False when it was not enabled. */
  disable(projectId: string, serviceName: string): Promise<boolean>;
  /** By service name. */
  listByProject(projectId: string): Promise<readonly EnabledServiceRecord[]>;
  /** By project id. */
  listByService(serviceName: string): Promise<readonly EnabledServiceRecord[]>;
}
