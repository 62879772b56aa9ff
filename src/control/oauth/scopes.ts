import { getOption, hasOption } from '@bufbuild/protobuf';
import type { DescService } from '@bufbuild/protobuf';
import { oauth_scopes } from '../../gen/google/api/client_pb.ts';

const prefix = 'https://www.googleapis.com/auth/';
/** Grants what IAM grants, everywhere. */
const cloudPlatform = `${prefix}cloud-platform`;

/** The scopes that a text of OAuth's asks for; undefined when one has no known form. Source: RFC 6749 §3.3. */
export function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(' ').filter((scope) => scope !== '');
  const isKnown = scopes.every((scope) =>
    /^https:\/\/www\.googleapis\.com\/auth\/[a-z0-9._-]+$|^(openid|email|profile)$/.test(scope),
  );
  return scopes.length > 0 && isKnown ? scopes : undefined;
}

/** Whether one of the scopes reaches the service, by its google.api.oauth_scopes. */
export function reachesService(scopes: readonly string[], service: DescService): boolean {
  if (scopes.includes(cloudPlatform)) return true;
  if (!hasOption(service, oauth_scopes)) return false;
  const accepted = getOption(service, oauth_scopes)
    .split(',')
    .map((scope) => scope.trim());
  return scopes.some((scope) => accepted.includes(scope));
}
