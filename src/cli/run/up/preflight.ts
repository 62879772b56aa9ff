import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { ConfigError, systemErrorCode } from '../../../core/errors.ts';

const connectTimeoutMs = 3_000;

/** Throws ConfigError unless the port can be had on loopback; 0 always can. */
export async function requireFreePort(flag: string, port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (error) {
    const problem =
      systemErrorCode(error) === 'EADDRINUSE' ? `port ${port} is taken` : `port ${port} cannot be had`;
    throw new ConfigError(flag, problem, `stop what uses it, or choose another port with ${flag}`, {
      cause: error,
    });
  } finally {
    server.close();
  }
}

/** Throws ConfigError unless something takes connections at the backend's address. */
export async function requireBackend(backend: string): Promise<void> {
  const { host, port } = parseBackend(backend);
  const socket = connect({ host, port, timeout: connectTimeoutMs });
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('timeout'))),
    ]);
  } catch (error) {
    throw new ConfigError(
      '--backend',
      `nothing answers at ${host}:${port}`,
      'start your API, or name its address with --backend',
      { cause: error },
    );
  } finally {
    socket.destroy();
  }
}

function parseBackend(backend: string): { host: string; port: number } {
  const url = backend.includes('://') ? backend : `http://${backend}`;
  // A special scheme, so that URL knows hosts and ports.
  const special = url.replace(/^grpc(s?):/, 'http$1:');
  if (!URL.canParse(special))
    throw new ConfigError('--backend', `${backend} is no address`, 'write HOST:PORT or a URL');
  const { hostname, port, protocol } = new URL(special);
  const defaultPort = protocol === 'https:' ? 443 : 80;
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? defaultPort : Number(port) };
}
