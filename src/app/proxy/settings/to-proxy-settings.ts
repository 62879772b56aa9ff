import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../core/errors.ts';
import { readServiceAccountKey } from '../../../core/service-account-key.ts';
import type { Environment } from '../../environment.ts';
import { checkFlags } from '../../flags/check-flags.ts';
import type { FlagReader } from '../../flags/flag-reader.ts';
import { resolveControlPlaneUrls } from '../control-plane-urls.ts';
import { toClusterOptions, toDnsServers } from './cluster-settings.ts';
import { toCodecSettings, toListeners } from './listener-settings.ts';
import { toPipelineSettings, toPolicySettings, toSnapshotOptions } from './policy-settings.ts';
import type {
  AccessLogSettings,
  ConfigSourceSettings,
  ControlPlaneSettings,
  IamSettings,
  ProcessSettings,
  ProxySettings,
  ReportSettings,
} from './proxy-settings.ts';

/** Reads a command line as settings. Throws ConfigError with what is wrong and how to mend it. */
export function toProxySettings(flags: FlagReader, environment: Environment): ProxySettings {
  const keyFile = flags.optionalText('service_account_key') ?? environment.credentialsFile;
  checkFlags(flags, keyFile !== undefined);
  return {
    runtimeVersion: flags.runtimeVersion,
    source: toConfigSource(flags),
    controlPlane: toControlPlane(flags, environment, keyFile),
    snapshot: toSnapshotOptions(flags),
    listeners: toListeners(flags),
    codec: toCodecSettings(flags),
    cluster: toClusterOptions(flags),
    dnsServers: toDnsServers(flags),
    pipeline: toPipelineSettings(flags),
    policies: toPolicySettings(flags),
    accessLog: toAccessLog(flags),
    reports: toReportSettings(flags),
    admin: toAdmin(flags),
    process: toProcessSettings(flags, environment),
  };
}

function toConfigSource(flags: FlagReader): ConfigSourceSettings {
  const path = flags.optionalText('service_json_path');
  if (path !== undefined) return { kind: 'file', path };
  const serviceName = flags.text('service');
  // ESP v1 ignores the version of a managed service.
  if (flags.text('rollout_strategy') === 'managed') return { kind: 'managed', serviceName };
  return { kind: 'fixed', serviceName, configId: flags.optionalText('version') };
}

function toControlPlane(
  flags: FlagReader,
  environment: Environment,
  keyFile: string | undefined,
): ControlPlaneSettings {
  const isV2 = flags.runtimeVersion === '2';
  const serviceControlFlag = isV2 ? 'service_control_url' : 'service_control_url_override';
  const key = keyFile === undefined ? undefined : readServiceAccountKey(keyFile);
  const given = (name: string): string | undefined =>
    flags.isGiven(name) ? requireUrl(flags, name) : undefined;
  const urls = resolveControlPlaneUrls({
    managementFlag: given('management'),
    serviceControlFlag: given(serviceControlFlag),
    endpoint: environment.endpoint,
    key,
  });
  return {
    managementUrl: urls.management,
    serviceControlUrl: urls.serviceControl,
    keyFile,
    metadataUrl: flags.text(isV2 ? 'metadata_url' : 'metadata'),
    asksMachineAttributes: !flags.isOn('non_gcp'),
    rootCertsFile: isV2 ? flags.optionalText('ssl_sidestream_client_root_certs_path') : undefined,
    iam: isV2 ? toIam(flags) : undefined,
    requestTimeoutMs:
      (isV2 ? flags.int('http_request_timeout_s') : defaultRequestTimeoutSeconds) * msPerSecond,
    probeIntervalMs: flags.durationMs('check_rollout_interval'),
    fetchThrottleWindowMs: isV2 ? 0 : flags.int('rollout_fetch_throttle_window_in_s') * msPerSecond,
  };
}

function toIam(flags: FlagReader): IamSettings | undefined {
  const serviceAccount = flags.optionalText('service_control_iam_service_account');
  if (serviceAccount === undefined) return undefined;
  return {
    url: requireUrl(flags, 'iam_url'),
    serviceAccount,
    delegates: flags.commaList('service_control_iam_delegates'),
  };
}

const msPerSecond = 1000;
const defaultRequestTimeoutSeconds = 30;

function requireUrl(flags: FlagReader, name: string): string {
  const text = flags.text(name);
  const url = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (!URL.canParse(url))
    throw new ConfigError(`--${name}`, `${text} is no URL`, 'write for example http://127.0.0.1:8081');
  return url;
}

function toAccessLog(flags: FlagReader): AccessLogSettings | undefined {
  const path = flags.text('access_log');
  if (path === '' || path === 'off') return undefined;
  return { path, format: flags.optionalText('access_log_format') };
}

function toReportSettings(flags: FlagReader): ReportSettings {
  const isV2 = flags.runtimeVersion === '2';
  return {
    isNetworkFailOpen:
      flags.text('service_control_network_fail_policy') === 'open' ||
      (!isV2 && flags.isOn('service_control_network_fail_open')),
    calls: isV2
      ? {
          check: callPolicy(flags, 'check'),
          allocateQuota: callPolicy(flags, 'quota'),
          report: callPolicy(flags, 'report'),
        }
      : {},
    checkCache: {
      maxEntries: flags.int('check_cache_entries'),
      refreshMs: flags.durationMs('check_cache_refresh'),
      expirationMs: flags.durationMs('check_cache_expiration'),
    },
    quotaCache: {
      maxEntries: flags.int('quota_cache_entries'),
      refreshMs: flags.durationMs('quota_refresh'),
    },
    platform:
      flags.optionalText('compute_platform_override') ??
      (isV2 && flags.isOn('on_serverless') ? 'Cloud Run(ESPv2)' : undefined),
    location: undefined,
    reportsApiKeyUid: flags.isOn(
      isV2 ? 'service_control_enable_api_key_uid_reporting' : 'enable_api_key_uid_reporting',
    ),
    logRequestHeaders: flags.commaList('log_request_headers'),
    logResponseHeaders: flags.commaList('log_response_headers'),
  };
}

/** Only what was given: the dialect has the defaults, and ESPv2 takes a timeout of 0 or less for "not given". */
function callPolicy(
  flags: FlagReader,
  call: 'check' | 'quota' | 'report',
): { timeoutMs?: number; retries?: number } {
  const timeoutMs = flags.int(`service_control_${call}_timeout_ms`);
  const retries = flags.int(`service_control_${call}_retries`);
  return { ...(timeoutMs > 0 && { timeoutMs }), ...(retries >= 0 && { retries }) };
}

function toAdmin(flags: FlagReader): ProxySettings['admin'] {
  const name = flags.runtimeVersion === '2' && !flags.isGiven('status_port') ? 'admin_port' : 'status_port';
  const port = flags.int(name);
  return port === 0 ? undefined : { host: flags.text('admin_address'), port, isChosen: flags.isGiven(name) };
}

function toProcessSettings(flags: FlagReader, environment: Environment): ProcessSettings {
  return {
    workers: toWorkers(flags.text('worker_processes')),
    stateFolder: toStateFolder(flags.text('state_dir'), environment),
    drainDelayMs: flags.durationMs('drain_delay'),
    drainTimeoutMs: flags.durationMs('drain_timeout'),
    logLevel: flags.isOn('enable_debug') ? 'debug' : 'info',
  };
}

/** Kept unless it is switched off or there is nowhere to keep it. */
function toStateFolder(text: string, environment: Environment): string | undefined {
  if (text === 'off') return undefined;
  if (text !== '') return text;
  return environment.stateHome === undefined ? undefined : join(environment.stateHome, 'gatehouse');
}

const maxWorkers = 256;

function toWorkers(text: string): number {
  if (text === 'auto') return availableParallelism();
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= maxWorkers) return count;
  throw new ConfigError(
    '--worker_processes',
    `${text} is no number of workers`,
    `give 1 to ${maxWorkers}, or auto`,
  );
}
