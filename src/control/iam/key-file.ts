import type { ServiceAccountRecord } from '../../store/service-accounts.ts';
import type { SigningKey } from './generate-key.ts';

/**
 * The JSON key file, fields in the order of Google's. Its URIs name this server, for that is where the key is known.
 * The text holds the private key and is made once.
 */
export function formatKeyFile(account: ServiceAccountRecord, key: SigningKey, baseUrl: string): string {
  const file = {
    type: 'service_account',
    project_id: account.projectId,
    private_key_id: key.keyId,
    private_key: key.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_email: account.email,
    client_id: account.uniqueId,
    auth_uri: `${baseUrl}/o/oauth2/auth`,
    token_uri: `${baseUrl}/token`,
    auth_provider_x509_cert_url: `${baseUrl}/oauth2/v1/certs`,
    client_x509_cert_url: `${baseUrl}/robot/v1/metadata/x509/${encodeURIComponent(account.email)}`,
    universe_domain: 'googleapis.com',
  };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}
