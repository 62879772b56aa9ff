import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type LocalServer, startLocalServer } from '../../../src/service-control/testing/local-server.ts';

const issuer = 'https://issuer.example.com';
const keyId = 'key-1';

/** An issuer of JWTs with a key made for this run, and the server of its public half. */
export interface JwtIssuer {
  readonly jwksUri: string;
  /** Signs; `audience` undefined: the token names none. */
  token(audience: string | undefined): Promise<string>;
  close(): Promise<void>;
}

export async function startJwtIssuer(): Promise<JwtIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' };
  const server: LocalServer = await startLocalServer(() => ({ body: JSON.stringify({ keys: [jwk] }) }));
  return {
    jwksUri: `${server.url}/keys`,
    token: (audience) => sign(privateKey, audience),
    close: () => server.close(),
  };
}

async function sign(key: CryptoKey, audience: string | undefined): Promise<string> {
  const token = new SignJWT({}).setProtectedHeader({ alg: 'RS256', kid: keyId }).setIssuer(issuer);
  token.setSubject(issuer).setIssuedAt().setExpirationTime('1h');
  if (audience !== undefined) token.setAudience(audience);
  return await token.sign(key);
}
