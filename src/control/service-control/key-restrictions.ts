import { BlockList, isIP } from 'node:net';
import type { ApiTarget, Restrictions } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import { matchesGlob, matchesReferrer } from './url-pattern.ts';

/** What a caller says about itself: labels of the check. Empty strings are absent. */
export interface CallerAttributes {
  readonly callerIp: string;
  readonly referer: string;
  readonly androidPackageName: string;
  readonly androidCertFingerprint: string;
  readonly iosBundleId: string;
}

/** A restriction that a call does not meet. The codes are those of CheckError. */
export interface RestrictionFailure {
  readonly code: 'API_TARGET_BLOCKED' | 'IP_ADDRESS_BLOCKED' | 'REFERER_BLOCKED' | 'CLIENT_APP_BLOCKED';
  readonly detail: string;
}

/** The first restriction of an API key that a call does not meet. Source: service-infrastructure §3.2, §4.1. */
export function checkRestrictions(
  restrictions: Restrictions | undefined,
  call: { readonly serviceName: string; readonly operationName: string; readonly caller: CallerAttributes },
): RestrictionFailure | undefined {
  if (restrictions === undefined) return undefined;
  const { apiTargets } = restrictions;
  if (apiTargets.length > 0 && !apiTargets.some((target) => allowsTarget(target, call)))
    return {
      code: 'API_TARGET_BLOCKED',
      detail: `The API key does not allow calls to ${call.operationName} of ${call.serviceName}.`,
    };
  return checkClient(restrictions, call.caller);
}

function checkClient(restrictions: Restrictions, caller: CallerAttributes): RestrictionFailure | undefined {
  const client = restrictions.clientRestrictions;
  switch (client.case) {
    case undefined:
      return undefined;
    case 'serverKeyRestrictions':
      if (allowsIp(client.value.allowedIps, caller.callerIp)) return undefined;
      return {
        code: 'IP_ADDRESS_BLOCKED',
        detail: `The API key does not allow the address '${caller.callerIp}'.`,
      };
    case 'browserKeyRestrictions':
      if (client.value.allowedReferrers.some((pattern) => matchesReferrer(pattern, caller.referer)))
        return undefined;
      return {
        code: 'REFERER_BLOCKED',
        detail: `The API key does not allow the referrer '${caller.referer}'.`,
      };
    case 'androidKeyRestrictions': {
      const fingerprint = normalFingerprint(caller.androidCertFingerprint);
      const isAllowed = client.value.allowedApplications.some(
        (app) =>
          app.packageName === caller.androidPackageName &&
          normalFingerprint(app.sha1Fingerprint) === fingerprint,
      );
      if (isAllowed) return undefined;
      return {
        code: 'CLIENT_APP_BLOCKED',
        detail: `The API key does not allow the Android app '${caller.androidPackageName}'.`,
      };
    }
    case 'iosKeyRestrictions':
      if (client.value.allowedBundleIds.some((pattern) => matchesGlob(pattern, caller.iosBundleId)))
        return undefined;
      return {
        code: 'CLIENT_APP_BLOCKED',
        detail: `The API key does not allow the iOS app '${caller.iosBundleId}'.`,
      };
  }
  return client satisfies never;
}

/** Case does not count; a method may be its short name, its selector, or either behind `service.`, with `*` at the end. */
function allowsTarget(
  target: ApiTarget,
  call: { readonly serviceName: string; readonly operationName: string },
): boolean {
  const serviceName = call.serviceName.toLowerCase();
  if (target.service.toLowerCase() !== serviceName) return false;
  if (target.methods.length === 0) return true;
  const selector = call.operationName.toLowerCase();
  const short = selector.slice(selector.lastIndexOf('.') + 1);
  const names = [selector, short, `${serviceName}.${short}`, `${serviceName}.${selector}`];
  return target.methods.some((method) => names.some((name) => matchesGlob(method.toLowerCase(), name)));
}

/** Addresses and CIDR ranges of both families. An address that cannot be read is in no range. */
function allowsIp(allowed: readonly string[], address: string): boolean {
  const ip = unmapped(address);
  const family = isIP(ip);
  if (family === 0) return false;
  const list = new BlockList();
  for (const entry of allowed) addRange(list, entry);
  return list.check(ip, family === 4 ? 'ipv4' : 'ipv6');
}

function addRange(list: BlockList, entry: string): void {
  const slash = entry.indexOf('/');
  const ip = slash < 0 ? entry : entry.slice(0, slash);
  const family = isIP(ip);
  if (family === 0) return;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (slash < 0) {
    list.addAddress(ip, type);
    return;
  }
  const prefix = Number(entry.slice(slash + 1));
  const isValid = /^\d{1,3}$/.test(entry.slice(slash + 1)) && prefix <= (family === 4 ? 32 : 128);
  if (isValid) list.addSubnet(ip, prefix, type);
}

/** An IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2) is that IPv4 address. */
function unmapped(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

function normalFingerprint(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toUpperCase();
}
