import { create, fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { ServiceSchema } from '../../../src/gen/google/api/service_pb.ts';
import { ListServiceRolloutsResponseSchema } from '../../../src/gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { Rollout_RolloutStatus } from '../../../src/gen/google/api/servicemanagement/v1/resources_pb.ts';
import { type LocalServer, startLocalServer } from '../../../src/service-control/testing/local-server.ts';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { IamSetup } from './process-case.ts';
import type { CertificatePair } from '../../../src/protocol/net/certificate.ts';

export const metadataToken = 'metadata-token';
const tokenPath = '/computeMetadata/v1/instance/service-accounts/default/token';
const identityPath = '/computeMetadata/v1/instance/service-accounts/default/identity';

/** The metadata server of a virtual machine of Compute Engine. */
export function startMetadataServer(): Promise<LocalServer> {
  const texts: Readonly<Record<string, string>> = {
    '/': 'computeMetadata/',
    '/computeMetadata/v1/instance/zone': 'projects/4242424242/zones/test-zone',
    '/computeMetadata/v1/project/project-id': 'test-project-id',
  };
  return startLocalServer(({ path, headers }) => {
    if (headers['metadata-flavor'] !== 'Google' && path !== '/') return { status: 403 };
    if (path === tokenPath)
      return { body: JSON.stringify({ access_token: metadataToken, expires_in: 3599 }) };
    if (path.startsWith(identityPath)) {
      const audience = new URL(path, 'http://metadata.invalid').searchParams.get('audience') ?? '';
      return { contentType: 'text/plain', body: `identity-for-${audience}` };
    }
    const text = texts[path];
    return text === undefined ? { status: 404 } : { contentType: 'text/plain', body: text };
  });
}

/** Service Management for the service configs that are put into it. */
export interface ManagementServer extends LocalServer {
  /** Makes a config the one of the newest rollout. */
  rollOut(rolloutId: string, service: JsonObject): void;
}

/** `faults`: statuses of the first answers to requests for a config. */
export async function startManagementServer(faults: readonly number[]): Promise<ManagementServer> {
  const configs = new Map<string, Uint8Array>();
  const rollouts: Array<{ rolloutId: string; configId: string }> = [];
  const left = [...faults];
  const contentType = 'application/x-protobuf';
  const server = await startLocalServer(({ path }) => {
    const [, configId] = /\/configs\/([^?]+)/.exec(path) ?? [];
    if (configId !== undefined) {
      const fault = left.shift();
      if (fault !== undefined) return { status: fault };
      const body = configs.get(configId);
      return body === undefined ? { status: 404 } : { contentType, body };
    }
    const message = create(ListServiceRolloutsResponseSchema, {
      rollouts: rollouts.map(({ rolloutId, configId: id }) => ({
        rolloutId,
        status: Rollout_RolloutStatus.SUCCESS,
        strategy: { case: 'trafficPercentStrategy' as const, value: { percentages: { [id]: 100 } } },
      })),
    });
    return { contentType, body: toBinary(ListServiceRolloutsResponseSchema, message) };
  });
  return Object.assign(server, {
    rollOut(rolloutId: string, service: JsonObject) {
      const message = fromJson(ServiceSchema, service);
      configs.set(message.id, toBinary(ServiceSchema, message));
      rollouts.unshift({ rolloutId, configId: message.id });
    },
  });
}

/** IAM Credentials: mints access and identity tokens after as many failures and as much delay as wanted. */
export async function startIamServer(setup: IamSetup): Promise<LocalServer> {
  let failures = setup.failures ?? 0;
  return await startLocalServer(({ path }) => {
    if (failures-- > 0) return { status: 503 };
    const token = setup.token ?? 'token-from-iam';
    return path.endsWith(':generateAccessToken')
      ? { body: JSON.stringify({ accessToken: token, expireTime: '2124-10-02T15:01:23.045123456Z' }) }
      : { body: JSON.stringify({ token }) };
  });
}

/** TLS in front of a server that speaks plain HTTP on this machine. */
export async function startTlsFront(
  url: string,
  pair: CertificatePair,
): Promise<{ readonly url: string; close(): void }> {
  const port = Number(new URL(url).port);
  const server = createTlsServer(pair, (client) => {
    const inner = connect({ port, host: '127.0.0.1' });
    client.pipe(inner).pipe(client);
    client.on('error', () => inner.destroy());
    inner.on('error', () => client.destroy());
    client.on('close', () => inner.destroy());
    inner.on('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
