import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { ConfigError, GatewayError } from '../../core/errors.ts';
import { closeAll, type Closeable } from '../../core/lifecycle.ts';
import { replaceFile } from '../../core/replace-file.ts';
import type { Secret } from '../../core/secret.ts';
import { createAuthorizer } from '../../control/iam/store-authorizer.ts';
import { ensureOwnerToken } from '../../control/oauth/owner-token.ts';
import { startRetention, sweepCore } from '../../control/retention.ts';
import { type ControlServer, createControlServer } from '../../control/server.ts';
import { createServiceControl } from '../../control/service-control/service-control.ts';
import { sweepUsage } from '../../control/service-control/sweep-usage.ts';
import { createServiceManager } from '../../control/service-management/service-manager.ts';
import { compileFiles } from '../../service-config/compile.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface ControlPlaneOptions {
  /** Data folder; made for its owner alone if it is not there. */
  readonly folder: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** URLs that clients use besides the one bound; they become audiences and the URIs in key files. */
  readonly baseUrls?: readonly string[];
}

export interface ControlPlaneDeps {
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The control plane of one machine, over its data folder. */
export interface RunningControlPlane extends Closeable {
  readonly url: string;
  readonly ownerToken: Secret;
}

/**
 * Opens the store, starts every API and writes `endpoint.json` and `owner-token` for the client. Throws ConfigError for
 * a folder that another process holds or a port that cannot be had; nothing is left open then.
 */
export async function startControlPlane(
  options: ControlPlaneOptions,
  deps: ControlPlaneDeps,
): Promise<RunningControlPlane> {
  const store = await openFolder(options.folder);
  const owners: Closeable[] = [store];
  try {
    const ownerToken = await ensureOwnerToken(store, options.folder);
    const server = await startServer(options, { ...deps, store });
    owners.unshift(server);
    owners.unshift(startRetention({ ...deps, store }, [sweepCore, sweepUsage()]));
    const endpointFile = join(options.folder, 'endpoint.json');
    replaceFile(endpointFile, `${JSON.stringify({ url: server.url })}\n`);
    return {
      url: server.url,
      ownerToken,
      async close() {
        rmSync(endpointFile, { force: true });
        await closeAll(owners);
      },
    };
  } catch (error) {
    await closeAll(owners);
    throw error;
  }
}

async function openFolder(folder: string): Promise<Store> {
  try {
    return await openStore({ folder });
  } catch (error) {
    if (!(error instanceof GatewayError) || error.code !== 'STORE_LOCKED') throw error;
    throw new ConfigError(folder, error.message, 'stop that process, or choose another folder with --data', {
      cause: error,
    });
  }
}

async function startServer(
  options: ControlPlaneOptions,
  deps: ControlPlaneDeps & { readonly store: Store },
): Promise<ControlServer> {
  const authorizer = createAuthorizer(deps.store);
  const parts = { ...deps, authorizer };
  const services = [
    createServiceManager({ ...parts, compile: compileFiles }),
    ...createServiceControl(parts),
  ];
  const { host, port, baseUrls } = options;
  return await createControlServer(
    { port, ...(host !== undefined && { host }), ...(baseUrls !== undefined && { baseUrls }) },
    { ...parts, services },
  );
}
