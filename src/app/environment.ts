/** Environment variables that the product reads; nothing else of the environment counts. */
export interface Environment {
  /** Base URL of the control plane, for proxy and client alike. */
  readonly endpoint: string | undefined;
  /** Bearer token for the client instead of the owner's. */
  readonly accessToken: string | undefined;
  /** Key file of the service account, Google's name. */
  readonly credentialsFile: string | undefined;
  /** Any text: no colours. Source: no-color.org. */
  readonly noColor: boolean;
}

/** Picks the variables out of `process.env`, or out of what a test gives. Empty texts count as unset. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const text = (name: string): string | undefined => variables[name] || undefined;
  return {
    endpoint: text('GATEHOUSE_ENDPOINT'),
    accessToken: text('GATEHOUSE_ACCESS_TOKEN'),
    credentialsFile: text('GOOGLE_APPLICATION_CREDENTIALS'),
    noColor: text('NO_COLOR') !== undefined,
  };
}
