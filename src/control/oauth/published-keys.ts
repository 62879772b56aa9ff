import type { Store } from '../../store/store.ts';
import type { HttpEndpoint, HttpEndpointRequest } from '../rpc/http-endpoint.ts';
import { jsonType } from '../rpc/http-response.ts';
import type { HttpResponse } from '../rpc/http-response.ts';
import { publicKeyOf } from './account-keys.ts';
import type { TokenIssuer } from './issuer.ts';

/** A public key as both forms show it. */
interface PublishedKey {
  readonly keyId: string;
  readonly certificatePem: string;
}

/** How long verifiers may keep the keys: a revoked one is gone from their caches after that. */
const cacheSeconds = 300;

/**
 * The endpoints at which verifiers find public keys, under the paths of www.googleapis.com: of each service account as
 * JWKS and as a map of certificates, and of the ID tokens' issuer.
 */
export function createKeyEndpoints(deps: { store: Store; issuer: TokenIssuer }): readonly HttpEndpoint[] {
  const issuerKeys = async (): Promise<readonly PublishedKey[]> => [await deps.issuer.signingKey()];
  const accountKeys = ({ captures }: HttpEndpointRequest) => keysOf(deps.store, captures['account'] ?? '');
  return [
    get('/service_accounts/v1/jwk/{account}', accountKeys, toJwks),
    get('/service_accounts/v1/metadata/jwk/{account}', accountKeys, toJwks),
    get('/service_accounts/v1/metadata/x509/{account}', accountKeys, toCertificates),
    get('/robot/v1/metadata/jwk/{account}', accountKeys, toJwks),
    get('/robot/v1/metadata/x509/{account}', accountKeys, toCertificates),
    get('/oauth2/v3/certs', issuerKeys, toJwks),
    get('/oauth2/v1/certs', issuerKeys, toCertificates),
    {
      verb: 'GET',
      template: '/.well-known/openid-configuration',
      handle: ({ baseUrls }) => Promise.resolve(json(200, discovery(baseUrls.reached))),
    },
  ];
}

function get(
  template: string,
  find: (request: HttpEndpointRequest) => Promise<readonly PublishedKey[] | undefined>,
  render: (keys: readonly PublishedKey[]) => unknown,
): HttpEndpoint {
  return {
    verb: 'GET',
    template,
    async handle(request) {
      const keys = await find(request);
      return keys === undefined ? json(404, { error: 'unknown service account' }) : json(200, render(keys));
    },
  };
}

async function keysOf(store: Store, account: string): Promise<readonly PublishedKey[] | undefined> {
  const record =
    (await store.serviceAccounts.getByEmail(account)) ?? (await store.serviceAccounts.getByUniqueId(account));
  if (record === undefined || record.deletedAtMs !== undefined) return undefined;
  const keys = await store.serviceAccountKeys.list(record.uniqueId);
  return record.disabled ? [] : keys.filter((key) => !key.disabled);
}

function toJwks(keys: readonly PublishedKey[]): unknown {
  return {
    keys: keys.map(({ keyId, certificatePem }) => {
      const { n, e } = publicKeyOf(certificatePem).export({ format: 'jwk' });
      return { kty: 'RSA', alg: 'RS256', use: 'sig', kid: keyId, n, e };
    }),
  };
}

function toCertificates(keys: readonly PublishedKey[]): unknown {
  return Object.fromEntries(keys.map(({ keyId, certificatePem }) => [keyId, certificatePem]));
}

/** Source: OpenID Connect Discovery 1.0 §3. */
function discovery(baseUrl: string): unknown {
  return {
    issuer: baseUrl,
    token_endpoint: `${baseUrl}/token`,
    jwks_uri: `${baseUrl}/oauth2/v3/certs`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function json(status: number, value: unknown): HttpResponse {
  return {
    status,
    headers: {
      'content-type': jsonType,
      'cache-control': status === 200 ? `public, max-age=${cacheSeconds}` : 'no-store',
    },
    body: `${JSON.stringify(value, undefined, 2)}\n`,
  };
}
