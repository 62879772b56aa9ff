import type { ReportRecord } from '../service-controller.ts';

/** Operation name of requests that matched no method. */
export const unknownOperation = '<Unknown Operation Name>';

/**
 * Credential of a verified JWT: `jwtauth:issuer=<base64url>[&audience=<base64url>]`, unpadded; '' without one.
 * Source: espv2 request_builder.cc set_credential_id.
 */
export function jwtCredential(record: ReportRecord): string {
  if (record.authIssuer === '') return '';
  const issuer = `jwtauth:issuer=${base64url(record.authIssuer)}`;
  return record.authAudience === '' ? issuer : `${issuer}&audience=${base64url(record.authAudience)}`;
}

/** `name=value;` for every configured header that is there, in configured order; repeated ones joined by commas. */
export function loggedHeaders(names: readonly string[], headers: readonly string[]): string {
  let text = '';
  for (const name of names) {
    const wanted = name.toLowerCase();
    let value: string | undefined;
    for (let i = 0; i < headers.length; i += 2)
      if (headers[i]?.toLowerCase() === wanted)
        value = value === undefined ? (headers[i + 1] ?? '') : `${value},${headers[i + 1] ?? ''}`;
    if (value !== undefined) text += `${name}=${value};`;
  }
  return text;
}

function base64url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
