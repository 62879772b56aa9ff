import type { Clock } from '../../core/clock.ts';
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
import { createJwtBearerTokenSource } from '../../service-control/tokens/jwt-bearer-token-source.ts';
import { createMetadataTokenSource } from '../../service-control/tokens/metadata-token-source.ts';
import { createSelfSignedTokenSource } from '../../service-control/tokens/self-signed-token-source.ts';
import { readServiceAccountKey } from '../../service-control/tokens/service-account-key.ts';
import { apiScopes, type TokenSource } from '../../service-control/tokens/token-source.ts';
import type { HttpClient } from '../../service-control/transport/http-client.ts';
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
export function createTokenSource(
  settings: ProxySettings,
  scopes: readonly string[],
  deps: ControlPlaneDeps,
): TokenSource {
  const { keyFile, metadataUrl } = settings.controlPlane;
  if (keyFile === undefined) return createMetadataTokenSource(metadataUrl, deps);
  const key = readServiceAccountKey(keyFile);
  return settings.runtimeVersion === '1'
    ? createSelfSignedTokenSource(key, deps.clock)
    : createJwtBearerTokenSource(key, scopes, deps);
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
    },
    {
      tokens: createTokenSource(settings, [apiScopes.cloudPlatform], deps),
      clock: deps.clock,
      logger: deps.logger,
      onRolloutId: deps.onRolloutId,
    },
  );
}
