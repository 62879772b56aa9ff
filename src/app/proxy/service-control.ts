import { readFileSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';
import { ConfigError, errorMessage } from '../../core/errors.ts';
import type { Service } from '../../gen/google/api/service_pb.ts';
import { espV1ServiceControl } from '../../service-control/dialects/esp-v1.ts';
import { espV2ServiceControl } from '../../service-control/dialects/esp-v2.ts';
import {
  createRemoteServiceController,
  type RemoteServiceController,
} from '../../service-control/remote-service-controller.ts';
import {
  createServiceManagementClient,
  type ServiceManagementClient,
} from '../../service-control/service-management-client.ts';
import { createIamTokenSource } from '../../service-control/tokens/iam-token-source.ts';
import { createJwtBearerTokenSource } from '../../service-control/tokens/jwt-bearer-token-source.ts';
import { createMetadataTokenSource } from '../../service-control/tokens/metadata-token-source.ts';
import { createSelfSignedTokenSource } from '../../service-control/tokens/self-signed-token-source.ts';
import { readServiceAccountKey } from '../../core/service-account-key.ts';
import { apiScopes, type TokenSource } from '../../service-control/tokens/token-source.ts';
import type { HttpClient, HttpClientOptions } from '../../service-control/transport/http-client.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { ProxySettings } from './settings/proxy-settings.ts';

export interface ControlPlaneDeps {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Tokens for the control plane: signed by the service account itself (ESP v1 at run time), bought with its key (ESPv2),
 * or the machine's own from the metadata server where there is no key.
 */
function createTokenSource(
  settings: ProxySettings,
  scopes: readonly string[],
  deps: ControlPlaneDeps,
): TokenSource {
  const { keyFile, metadataUrl, requestTimeoutMs: timeoutMs } = settings.controlPlane;
  if (keyFile === undefined) return createMetadataTokenSource(metadataUrl, { ...deps, timeoutMs });
  const key = readServiceAccountKey(keyFile);
  return settings.runtimeVersion === '1'
    ? createSelfSignedTokenSource(key, deps.clock)
    : createJwtBearerTokenSource(key, scopes, { ...deps, timeoutMs });
}

/** How the control plane is called. Throws ConfigError for a file of authorities that cannot be read. */
export function toHttpClientOptions(settings: ProxySettings): HttpClientOptions {
  const { rootCertsFile } = settings.controlPlane;
  if (rootCertsFile === undefined) return {};
  try {
    return { ca: readFileSync(rootCertsFile, 'utf8') };
  } catch (error) {
    const problem = `${rootCertsFile} cannot be read: ${errorMessage(error)}`;
    throw new ConfigError('--ssl_sidestream_client_root_certs_path', problem, 'name a file of PEM', {
      cause: error,
    });
  }
}

/** For Service Control: tokens of another service account where a flag names one. */
function createControlTokenSource(settings: ProxySettings, deps: ControlPlaneDeps): TokenSource {
  const own = createTokenSource(settings, [apiScopes.cloudPlatform], deps);
  const { iam, requestTimeoutMs: timeoutMs } = settings.controlPlane;
  if (iam === undefined) return own;
  return createIamTokenSource({ ...iam, scopes: [apiScopes.serviceControl] }, own, { ...deps, timeoutMs });
}

/** Reads configs and rollouts of one service. */
export function createManagementClient(
  settings: ProxySettings,
  service: { readonly serviceName: string; readonly maxRetries: number | undefined },
  deps: ControlPlaneDeps,
): ServiceManagementClient {
  const { managementUrl, requestTimeoutMs } = settings.controlPlane;
  const tokens = createTokenSource(settings, [apiScopes.serviceManagementReadOnly], deps);
  return createServiceManagementClient(
    {
      url: managementUrl,
      serviceName: service.serviceName,
      ...(service.maxRetries !== undefined && { maxRetries: service.maxRetries }),
      timeoutMs: requestTimeoutMs,
      configUrlStyle: settings.runtimeVersion === '1' ? 'config' : 'configs',
    },
    { ...deps, tokens },
  );
}

/** The controller of one worker; it begins with `service` and speaks for every later config of the same service. */
export function createServiceController(
  settings: ProxySettings,
  service: Service,
  deps: ControlPlaneDeps & { readonly onRolloutId: (rolloutId: string) => void },
): RemoteServiceController {
  const { reports, controlPlane, runtimeVersion } = settings;
  const {
    platform,
    location,
    calls,
    isNetworkFailOpen,
    reportsApiKeyUid,
    logRequestHeaders,
    logResponseHeaders,
    checkCache,
    quotaCache,
  } = reports;
  return createRemoteServiceController(
    {
      dialect: runtimeVersion === '1' ? espV1ServiceControl : espV2ServiceControl,
      url: controlPlane.serviceControlUrl ?? `https://${service.control?.environment ?? ''}`,
      service,
      calls,
      checkCache,
      quotaCache,
      isNetworkFailOpen,
      reportsApiKeyUid,
      logRequestHeaders,
      logResponseHeaders,
      rolloutProbeIntervalMs: settings.source.kind === 'managed' ? controlPlane.probeIntervalMs : 0,
      ...(platform !== undefined && { platform }),
      ...(location !== undefined && { location }),
      http: toHttpClientOptions(settings),
      ...(runtimeVersion === '2' && { backendProtocol: (config) => backendProtocol(settings, config) }),
    },
    {
      tokens: createControlTokenSource(settings, deps),
      clock: deps.clock,
      logger: deps.logger,
      onRolloutId: deps.onRolloutId,
    },
  );
}

/**
 * What ESPv2 reports for all backends of a config. Differs from ESPv2: a rule without an address does not end the search
 * for one of gRPC.
 */
function backendProtocol({ snapshot }: ProxySettings, config: Service): 'http' | 'grpc' {
  const rules = snapshot.backendRouting ? (config.backend?.rules ?? []) : [];
  const addresses = [snapshot.backend, ...rules.map(({ address }) => address)];
  return addresses.some((address) => /^grpcs?:/i.test(address)) ? 'grpc' : 'http';
}
