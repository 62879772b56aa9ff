import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../core/clock.ts';
import { ConfigError, errorMessage } from '../core/errors.ts';
import type { Closeable } from '../core/lifecycle.ts';
import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Authorizer } from './authorizer.ts';
import { createCoreServices } from './core-services.ts';
import { createHttpEndpointTable } from './rpc/http-endpoint.ts';
import type { HttpEndpoint } from './rpc/http-endpoint.ts';
import { createRestHandler } from './rpc/rest-handler.ts';
import { createRpcTable } from './rpc/rpc-table.ts';
import type { ServiceImplementation } from './rpc/service.ts';
import { createTypeRegistry } from './rpc/type-registry.ts';

/** Where and under which names the control plane listens. */
export interface ControlServerOptions {
  /** Address to bind. Default 127.0.0.1: others reach it only if told so. */
  readonly host?: string;
  /** Default 0: any free port. */
  readonly port?: number;
  /** URLs that clients use, without a trailing slash; see resolveBaseUrls. Default none: the Host header counts. */
  readonly baseUrls?: readonly string[];
  /** Connections at once. Default 1000. */
  readonly maxConnections?: number;
  /** How long `close` waits for calls that run. Default 10 s. */
  readonly drainMs?: number;
}

/** What the control plane is made from. */
export interface ControlServerDependencies {
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Services beside the core ones: Service Management, Service Control and so on. */
  readonly services: readonly ServiceImplementation[];
  /** Further paths that need no token, such as the console's pages. */
  readonly endpoints?: readonly HttpEndpoint[];
}

/** A control plane that listens. */
export interface ControlServer extends Closeable {
  /** `http://address:port`, to reach it from this machine. */
  readonly url: string;
  readonly port: number;
}

const defaultMaxConnections = 1000;
const defaultDrainMs = 10_000;
const deadlineMs = 60_000;
const headersTimeoutMs = 15_000;
/** Longer than proxies keep a connection idle, so that theirs is the side that closes. */
const keepAliveMs = 90_000;
/** Largest request by service. Source: the limits of Service Management and Service Control. */
const maxBodyBytes: Readonly<Record<string, number>> = {
  'google.api.servicemanagement.v1.ServiceManager': 10 * 1024 * 1024,
};
const defaultMaxBodyBytes = 1024 * 1024;

/** Composes the core services, the given ones and the store behind one listener. Throws ConfigError if it cannot bind. */
export async function createControlServer(
  options: ControlServerOptions,
  deps: ControlServerDependencies,
): Promise<ControlServer> {
  const core = createCoreServices(deps);
  const table = createRpcTable([...core.services, ...deps.services]);
  const handler = createRestHandler({
    table,
    endpoints: createHttpEndpointTable([health, ...core.endpoints, ...(deps.endpoints ?? [])]),
    registry: createTypeRegistry(table.services),
    authenticator: core.authenticator,
    logger: deps.logger,
    baseUrls: options.baseUrls ?? [],
    maxBodyBytes: (service) => maxBodyBytes[service] ?? defaultMaxBodyBytes,
    deadlineMs,
  });
  const server = createServer(
    { headersTimeout: headersTimeoutMs, requestTimeout: deadlineMs, keepAliveTimeout: keepAliveMs },
    handler,
  );
  server.maxConnections = options.maxConnections ?? defaultMaxConnections;
  const port = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  let closing: Promise<void> | undefined;
  return {
    url: `http://${urlHost(options.host ?? '127.0.0.1')}:${port}`,
    port,
    close: () => (closing ??= close(server, options.drainMs ?? defaultDrainMs)),
  };
}

const health: HttpEndpoint = {
  verb: 'GET',
  template: '/healthz',
  handle: () => Promise.resolve({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok\n' }),
};

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new ConfigError(`${host}:${port}`, `cannot listen: ${errorMessage(error)}`, undefined, {
          cause: error,
        }),
      ),
    );
    // A TCP server's address is an AddressInfo once it listens.
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function urlHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function close(server: Server, drainMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearTimeout(timer);
}
