/** Everything but letters, digits and `_` is dropped from names that become protobuf identifiers. */
function sanitize(name: string): string {
  return name.replace(/[^A-Za-z0-9_]/g, '');
}

/** `auth_info_google_jwt` → `Auth_info_google_jwt`, `get-thing` → `Getthing`. Also names types after definitions. */
export function toMessageName(name: string): string {
  const clean = sanitize(name);
  return clean.charAt(0).toUpperCase() + clean.slice(1);
}

/** Method name of an operationId. */
export const toMethodName: (operationId: string) => string = toMessageName;

/** `shelfId` → `shelf_id`; names in snake case stay as they are. */
export function toFieldName(name: string): string {
  return sanitize(name).replace(
    /[A-Z]/g,
    (letter, at: number) => (at === 0 ? '' : '_') + letter.toLowerCase(),
  );
}

/** Name of an API when `x-google-api-name` gives none: the host with everything but letters and digits as `_`. */
export function hostToApiName(host: string): string {
  const clean = host.replace(/[^A-Za-z0-9]/g, '_');
  return /^[A-Za-z_]/.test(clean) ? clean : `_${clean}`;
}

/**
 * Version slot of an API name: the first piece of a version of three, else the whole version with everything but
 * letters, digits and dots as `_`. `1.0.0` → `1`, `v1` → `v1`, `1.0-beta` → `1.0_beta`.
 */
export function majorVersion(version: string): string {
  const pieces = version.split('.').filter((piece) => piece !== '');
  const major = pieces.length === 3 ? (pieces[0] as string) : version;
  return major.replace(/[^A-Za-z0-9.]/g, '_');
}

/** `1.echo_api_endpoints_p_cloud_goog`; without a version the name alone. */
export function toApiName(version: string, name: string): string {
  const major = majorVersion(version);
  return major === '' ? name : `${major}.${name}`;
}

/** The pattern of `x-google-api-name`. */
export const apiNamePattern: RegExp = /^[a-z][a-z0-9]{0,39}$/;
