import type { CorsFlags } from '../../../proxy/policies/cors-policy.ts';
import {
  espV1SnapshotOptions,
  espV2SnapshotOptions,
  type SnapshotOptions,
} from '../../../proxy/routing/snapshot-options.ts';
import type { FlagReader } from '../../flags/flag-reader.ts';
import type { ClientAddressSettings, PipelineSettings, PolicySettings } from './proxy-settings.ts';

const msPerSecond = 1000;

/** How a service config is compiled for serving. */
export function toSnapshotOptions(flags: FlagReader): SnapshotOptions {
  const healthPath = flags.optionalText('healthz');
  const backend = flags.text('backend');
  if (flags.runtimeVersion === '1') {
    const backendRouting = flags.isOn('enable_backend_routing');
    return {
      ...espV1SnapshotOptions,
      backend: flags.isOn('enable_grpc_backend_ssl') ? backend.replace(/^grpc:/, 'grpcs:') : backend,
      healthPath,
      backendRouting,
      backendAuthentication: backendRouting && !flags.isOn('non_gcp'),
      streamIdleTimeoutMs: flags.durationMs('stream_idle_timeout'),
    };
  }
  return {
    ...espV2SnapshotOptions,
    backend,
    healthPath,
    backendRouting: !flags.isOn('enable_backend_address_override'),
    backendAuthentication: !flags.isOn('non_gcp'),
    streamIdleTimeoutMs: flags.durationMs('stream_idle_timeout'),
    serviceNameAudience: flags.isOn('disable_jwt_audience_service_name_check') ? 'never' : 'fallback',
    routes: { disallowColonInWildcardPathSegment: flags.isOn('disallow_colon_in_wildcard_path_segment') },
  };
}

/** What the stages of the request path do. */
export function toPipelineSettings(flags: FlagReader): PipelineSettings {
  const isV2 = flags.runtimeVersion === '2';
  const healthPath = flags.optionalText('healthz');
  return {
    headerPrefix: isV2 ? flags.text('generated_header_prefix') : 'X-Endpoint-',
    addOperationName: isV2 && flags.isOn('enable_operation_name_header'),
    sendRouterHeaders:
      isV2 && (flags.text('suppress_envoy_headers') === 'false' || flags.isOn('enable_debug')),
    allowWebSocket: isV2 || flags.isOn('enable_websocket'),
    healthPath: healthPath === undefined || healthPath.startsWith('/') ? healthPath : `/${healthPath}`,
    path: {
      normalize: !isV2 || !flags.isOn('disable_normalize_path'),
      mergeSlashes: !isV2 || !flags.isOn('disable_merge_slashes_in_path'),
      redirectEscapedSlashes: isV2 && flags.isOn('disallow_escaped_slashes_in_path'),
    },
  };
}

/** Policies on clients and headers. */
export function toPolicySettings(flags: FlagReader): PolicySettings {
  const isV2 = flags.runtimeVersion === '2';
  const items = (name: string): string => (isV2 ? flags.list(name).join(';') : '');
  return {
    clientAddress: isV2 ? clientAddressOfV2(flags) : clientAddressOfV1(flags),
    cors: toCorsFlags(flags),
    requestHeaders: { add: items('add_request_header'), append: items('append_request_header') },
    responseHeaders: { add: items('add_response_header'), append: items('append_response_header') },
    strictTransportSecurity: flags.isOn('enable_strict_transport_security'),
    compression: isV2 && flags.isOn('enable_response_compression'),
    rewriteRules: isV2 ? [] : flags.list('rewrite'),
    backendHost: isV2 ? undefined : flags.optionalText('experimental_proxy_backend_host_header'),
  };
}

function clientAddressOfV2(flags: FlagReader): ClientAddressSettings {
  const hopsAreGiven = flags.isGiven('envoy_xff_num_trusted_hops');
  return {
    kind: 'trusted-hops',
    useRemoteAddress: flags.isOn('envoy_use_remote_address'),
    hops: flags.isOn('on_serverless') && !hopsAreGiven ? 0 : flags.int('envoy_xff_num_trusted_hops'),
    fromForwarded: flags.isOn('client_ip_from_forwarded_header'),
  };
}

function clientAddressOfV1(flags: FlagReader): ClientAddressSettings {
  return {
    kind: 'trusted-proxies',
    proxies: flags.text('xff_trusted_proxy_list'),
    header: flags.optionalText('client_ip_header')?.toLowerCase(),
    position: flags.int('client_ip_position'),
  };
}

/** Undefined without a preset: the other CORS flags then say nothing, as in both generations. */
function toCorsFlags(flags: FlagReader): CorsFlags | undefined {
  const preset = flags.optionalText('cors_preset');
  if (preset === undefined) return undefined;
  return {
    preset,
    allowOrigin: flags.text('cors_allow_origin'),
    allowOriginRegex: flags.text('cors_allow_origin_regex'),
    allowMethods: flags.text('cors_allow_methods'),
    allowHeaders: flags.text('cors_allow_headers'),
    exposeHeaders: flags.text('cors_expose_headers'),
    allowCredentials: flags.isOn('cors_allow_credentials'),
    // ESP v1's is fixed at the same 20 days.
    maxAgeSeconds: Math.floor(
      (flags.runtimeVersion === '2' ? flags.durationMs('cors_max_age') : fixedMaxAgeMs) / msPerSecond,
    ),
  };
}

const fixedMaxAgeMs = 1_728_000_000;
