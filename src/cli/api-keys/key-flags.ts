import type { Command } from 'commander';
import { create } from '@bufbuild/protobuf';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { RestrictionsSchema } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import type { Restrictions } from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import { usageError } from '../cli-error.ts';

/** Flags that say what a key may be used for. */
export interface KeyFlags {
  readonly displayName?: string;
  readonly annotations?: string;
  readonly apiTarget?: readonly string[];
  readonly allowedReferrers?: string;
  readonly allowedIps?: string;
  readonly allowedBundleIds?: string;
  readonly allowedApplication?: readonly string[];
}

/** Declares the flags of {@link KeyFlags}. */
export function addKeyFlags(command: Command): void {
  const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
  command
    .option('--display-name <name>', 'name for people, at most 63 characters')
    .option('--annotations <key=value,...>', 'data of your own, kept with the key')
    .option(
      '--api-target <target>',
      'service=NAME[,methods=M:M]: good for this service alone; may be repeated',
      collect,
    )
    .option('--allowed-referrers <url,...>', 'websites that may use it, such as https://*.example.com/*')
    .option('--allowed-ips <address,...>', 'addresses and CIDR ranges that may use it')
    .option('--allowed-bundle-ids <id,...>', 'iOS applications that may use it')
    .option(
      '--allowed-application <application>',
      'sha1_fingerprint=F,package_name=P: Android application that may use it; may be repeated',
      collect,
    );
}

type ClientRestrictions = MessageInitShape<typeof RestrictionsSchema>['clientRestrictions'];

/** The restrictions that the flags ask for; undefined when they ask for none. Throws CliError (usage). */
export function restrictionsOf(flags: KeyFlags): Restrictions | undefined {
  const clients = clientRestrictionsOf(flags);
  if (clients.length > 1)
    throw usageError(
      'at most one of --allowed-referrers, --allowed-ips, --allowed-bundle-ids and --allowed-application can be used',
    );
  const apiTargets = (flags.apiTarget ?? []).map(parseTarget);
  const [clientRestrictions] = clients;
  if (clientRestrictions === undefined && apiTargets.length === 0) return undefined;
  return create(RestrictionsSchema, { apiTargets, ...(clientRestrictions && { clientRestrictions }) });
}

/** The annotations that the flag asks for. Throws CliError (usage). */
export function annotationsOf(flags: KeyFlags): Record<string, string> | undefined {
  return flags.annotations === undefined ? undefined : parseFields(flags.annotations, '--annotations');
}

function clientRestrictionsOf(flags: KeyFlags): NonNullable<ClientRestrictions>[] {
  const found: NonNullable<ClientRestrictions>[] = [];
  if (flags.allowedReferrers !== undefined)
    found.push({
      case: 'browserKeyRestrictions',
      value: { allowedReferrers: split(flags.allowedReferrers) },
    });
  if (flags.allowedIps !== undefined)
    found.push({ case: 'serverKeyRestrictions', value: { allowedIps: split(flags.allowedIps) } });
  if (flags.allowedBundleIds !== undefined)
    found.push({ case: 'iosKeyRestrictions', value: { allowedBundleIds: split(flags.allowedBundleIds) } });
  if (flags.allowedApplication !== undefined) {
    const allowedApplications = flags.allowedApplication.map(parseApplication);
    found.push({ case: 'androidKeyRestrictions', value: { allowedApplications } });
  }
  return found;
}

function parseTarget(text: string): { service: string; methods: string[] } {
  const { service, methods, ...others } = parseFields(text, '--api-target');
  if (service === undefined || Object.keys(others).length > 0)
    throw usageError(`--api-target must be service=NAME[,methods=M:M], not '${text}'`);
  return { service, methods: methods === undefined ? [] : methods.split(':').filter(Boolean) };
}

function parseApplication(text: string): { sha1Fingerprint: string; packageName: string } {
  const { sha1_fingerprint: sha1Fingerprint, package_name: packageName } = parseFields(
    text,
    '--allowed-application',
  );
  if (sha1Fingerprint === undefined || packageName === undefined)
    throw usageError(`--allowed-application must be sha1_fingerprint=F,package_name=P, not '${text}'`);
  return { sha1Fingerprint, packageName };
}

function parseFields(text: string, flag: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const part of split(text)) {
    const equals = part.indexOf('=');
    if (equals < 1) throw usageError(`${flag}: '${part}' is not of the form key=value`);
    fields[part.slice(0, equals)] = part.slice(equals + 1);
  }
  return fields;
}

function split(text: string): string[] {
  return text.split(',').filter(Boolean);
}
