import { getOption, hasOption } from '@bufbuild/protobuf';
import type { DescService } from '@bufbuild/protobuf';
import { oauth_scopes } from '../../gen/google/api/client_pb.ts';

const prefix = 'https://www.googleapis.com/auth/';

/** Services that every API includes and that declare no scopes of their own. */
const mixinScopes: Readonly<Record<string, readonly string[]>> = {
  'google.iam.v1.IAMPolicy': serviceManagementScopes(),
  'google.longrunning.Operations': serviceManagementScopes(),
};

/** The scopes that a text of OAuth's asks for; undefined when one has no known form. Source: RFC 6749 §3.3. */
export function parseScopes(text: string): readonly string[] | undefined {
  const scopes = text.split(' ').filter((scope) => scope !== '');
  const isKnown = scopes.every((scope) =>
    /^https:\/\/www\.googleapis\.com\/auth\/[a-z0-9._-]+$|^(openid|email|profile)$/.test(scope),
  );
  return scopes.length > 0 && isKnown ? scopes : undefined;
}

/** Whether one of the scopes reaches a method of the service, by its google.api.oauth_scopes. */
export function reachesService(
  scopes: readonly string[],
  service: DescService,
  isReadOnly: boolean,
): boolean {
  const accepted = acceptedScopes(service);
  return scopes.some((scope) => accepted.includes(scope) && (isReadOnly || !isReadScope(scope)));
}

function acceptedScopes(service: DescService): readonly string[] {
  const declared = hasOption(service, oauth_scopes)
    ? getOption(service, oauth_scopes)
        .split(',')
        .map((scope) => scope.trim())
    : (mixinScopes[service.typeName] ?? []);
  // Grants what IAM grants, everywhere.
  return [`${prefix}cloud-platform`, ...declared];
}

/** `….readonly`, `….read-only` and `….read`. */
function isReadScope(scope: string): boolean {
  return /\.read(-?only)?$/.test(scope);
}

function serviceManagementScopes(): readonly string[] {
  return ['cloud-platform.read-only', 'service.management', 'service.management.readonly'].map(
    (name) => prefix + name,
  );
}
