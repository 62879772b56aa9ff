import type { ServiceAccountKey } from '../../core/service-account-key.ts';

const google = /(^|\.)googleapis\.com$/;
const googleManagementUrl = 'https://servicemanagement.googleapis.com';

/** Base URLs of the two services that a proxy calls. */
export interface ControlPlaneUrls {
  readonly management: string;
  /** Undefined: the environment that the service config names. */
  readonly serviceControl: string | undefined;
}

/**
 * Where the control plane is: what a flag says, else the environment's endpoint, else the server that issued the
 * service account key, else Google. A key file of ours carries our own token URL, so that the flags which run a proxy
 * against Google run it against us.
 */
export function resolveControlPlaneUrls(given: {
  readonly managementFlag: string | undefined;
  readonly serviceControlFlag: string | undefined;
  readonly endpoint: string | undefined;
  readonly key: ServiceAccountKey | undefined;
}): ControlPlaneUrls {
  const own = given.endpoint ?? issuerOf(given.key);
  const serviceControl = given.serviceControlFlag ?? own ?? given.managementFlag;
  return {
    management: withoutSlash(given.managementFlag ?? own ?? googleManagementUrl),
    serviceControl: serviceControl === undefined ? undefined : withoutSlash(serviceControl),
  };
}

function issuerOf(key: ServiceAccountKey | undefined): string | undefined {
  if (key === undefined) return undefined;
  const { hostname, origin } = new URL(key.tokenUri);
  return google.test(hostname) ? undefined : origin;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
