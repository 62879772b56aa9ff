import { GatewayError } from '../../core/errors.ts';
import type { Closeable } from '../../core/lifecycle.ts';
import type { Secret } from '../../core/secret.ts';

/** Where the bearer tokens for Google's APIs, or ours, come from. */
export interface TokenSource extends Closeable {
  /**
   * A bearer token; synchronous when one is at hand. `audience` is the API's base URL with its full service name,
   * such as `https://servicecontrol.googleapis.com/google.api.servicecontrol.v1.ServiceController`; sources of access
   * tokens ignore it. Throws or rejects with GatewayError TOKEN_UNAVAILABLE.
   */
  token(audience: string): Secret | Promise<Secret>;
}

/** Full names of the services that tokens are asked for, as ESP v1 puts them into audiences. */
export const apiNames = {
  serviceController: 'google.api.servicecontrol.v1.ServiceController',
  quotaController: 'google.api.servicecontrol.v1.QuotaController',
  serviceManager: 'google.api.servicemanagement.v1.ServiceManager',
  trace: 'google.devtools.cloudtrace.v1.TraceService',
} as const;

/** Access scopes that the proxy needs. Source: espv2 config manager, start_esp. */
export const apiScopes = {
  cloudPlatform: 'https://www.googleapis.com/auth/cloud-platform',
  serviceControl: 'https://www.googleapis.com/auth/servicecontrol',
  serviceManagementReadOnly: 'https://www.googleapis.com/auth/service.management.readonly',
  traceAppend: 'https://www.googleapis.com/auth/trace.append',
} as const;

/** Audience of a self-signed token for one API under a base URL. */
export function apiAudience(baseUrl: string, apiName: string): string {
  return `${baseUrl.replace(/\/+$/, '')}/${apiName}`;
}

/** The error of every source. `message` is safe for logs; the cause too. */
export function tokenUnavailable(message: string, cause?: unknown): GatewayError {
  return new GatewayError('TOKEN_UNAVAILABLE', { message, cause });
}
