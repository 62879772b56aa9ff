import { join } from 'node:path';

/** Environment variables that the product reads; nothing else of the environment counts. */
export interface Environment {
  /** Base URL of the control plane, for proxy and client alike. */
  readonly endpoint: string | undefined;
  /** Bearer token for the client instead of the owner's. */
  readonly accessToken: string | undefined;
  /** Key file of the service account, Google's name. */
  readonly credentialsFile: string | undefined;
  /** Folder for state that survives a restart: `XDG_STATE_HOME`, else `~/.local/state`. */
  readonly stateHome: string | undefined;
  /** Any text: no colours. Source: no-color.org. */
  readonly noColor: boolean;
}

/** The environment of this process; the only place that reads it. */
export function processVariables(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Picks out what the product reads. Empty texts count as unset. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const text = (name: string): string | undefined => variables[name] || undefined;
  return {
    endpoint: text('GATEHOUSE_ENDPOINT'),
    accessToken: text('GATEHOUSE_ACCESS_TOKEN'),
    credentialsFile: text('GOOGLE_APPLICATION_CREDENTIALS'),
    stateHome:
      text('XDG_STATE_HOME') ??
      (text('HOME') === undefined ? undefined : join(text('HOME') as string, '.local/state')),
    noColor: text('NO_COLOR') !== undefined,
  };
}
