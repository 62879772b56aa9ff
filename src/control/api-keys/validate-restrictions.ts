import { isIP } from 'node:net';
import { create } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import { RestrictionsSchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { Restrictions } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import { RpcError } from '../rpc/rpc-error.ts';

/** How many entries a list of restrictions may have. Source: API Keys' limits. */
const maxEntries = 1200;
const maxEntryLength = 1024;

/**
 * The restrictions as they are kept, SHA-1 fingerprints without colons in upper case; undefined for none at all.
 * Throws INVALID_ARGUMENT for lists that are empty or too long and for entries of the wrong form.
 */
export function validateRestrictions(restrictions: Restrictions | undefined): Restrictions | undefined {
  if (restrictions === undefined) return undefined;
  const { apiTargets } = restrictions;
  const clientRestrictions = validateClients(restrictions.clientRestrictions);
  if (apiTargets.length > maxEntries) throw invalid('api_targets', `has more than ${maxEntries} entries`);
  for (const { service, methods } of apiTargets) {
    if (!/^[a-z0-9][a-z0-9.-]*$/i.test(service))
      throw invalid('api_targets.service', 'must be a service name');
    // `Get*`, a whole selector, or a selector that ends in `*`.
    if (methods.some((method) => !/^[A-Za-z0-9_./-]*\*?$/.test(method) || method === ''))
      throw invalid('api_targets.methods', 'may have a `*` at the end only');
  }
  if (clientRestrictions.case === undefined && apiTargets.length === 0) return undefined;
  return create(RestrictionsSchema, { clientRestrictions, apiTargets });
}

type ClientRestrictions = Restrictions['clientRestrictions'];

function validateClients(clients: ClientRestrictions): ClientRestrictions {
  switch (clients.case) {
    case undefined:
      return clients;
    case 'browserKeyRestrictions':
      requireEntries('allowed_referrers', clients.value.allowedReferrers, (referrer) =>
        /^\S+$/.test(referrer),
      );
      return clients;
    case 'serverKeyRestrictions':
      requireEntries('allowed_ips', clients.value.allowedIps, isAddressOrRange);
      return clients;
    case 'iosKeyRestrictions':
      requireEntries('allowed_bundle_ids', clients.value.allowedBundleIds, (id) =>
        /^[A-Za-z0-9.-]+\*?$/.test(id),
      );
      return clients;
    case 'androidKeyRestrictions': {
      const { allowedApplications } = clients.value;
      requireEntries(
        'allowed_applications',
        allowedApplications.map(
          ({ sha1Fingerprint, packageName }) => `${plainSha1(sha1Fingerprint)} ${packageName}`,
        ),
        (entry) => /^[0-9A-F]{40} [A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/.test(entry),
      );
      const applications = allowedApplications.map((each) => ({
        ...each,
        sha1Fingerprint: plainSha1(each.sha1Fingerprint),
      }));
      return { case: clients.case, value: { ...clients.value, allowedApplications: applications } };
    }
    default:
      return clients satisfies never;
  }
}

function requireEntries(
  field: string,
  entries: readonly string[],
  isValid: (entry: string) => boolean,
): void {
  if (entries.length === 0) throw invalid(field, 'must not be empty');
  if (entries.length > maxEntries) throw invalid(field, `has more than ${maxEntries} entries`);
  const bad = entries.find((entry) => entry.length > maxEntryLength || !isValid(entry));
  if (bad !== undefined) throw invalid(field, `has an invalid entry ${JSON.stringify(bad.slice(0, 100))}`);
}

function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

function plainSha1(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toUpperCase();
}

function invalid(field: string, problem: string): RpcError {
  return new RpcError(RpcCode.INVALID_ARGUMENT, `restrictions: ${field} ${problem}.`);
}
