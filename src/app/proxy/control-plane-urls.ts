import type { ServiceAccountKey } from '../../service-control/tokens/service-account-key.ts';

const google = /(^|\.)googleapis\.com$/;
const googleManagementUrl = 'https://servicemanagement.googleapis.com';
const googleServiceControlUrl = 'https://servicecontrol.googleapis.com';

/** Base URLs of the two services that a proxy calls. */
export interface ControlPlaneUrls {
  readonly management: string;
  readonly serviceControl: string;
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
  return {
    management: withoutSlash(given.managementFlag ?? own ?? googleManagementUrl),
    serviceControl: withoutSlash(
      given.serviceControlFlag ?? own ?? given.managementFlag ?? googleServiceControlUrl,
    ),
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
