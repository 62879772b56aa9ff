import { badRequest } from './bad-request.ts';

/** How a caller wants to be answered, apart from what the method takes. Source: Google's system parameters. */
export interface SystemParameters {
  /** Asked for by `alt` or `$alt`. */
  readonly format: 'json' | 'proto' | undefined;
  /** `prettyPrint`; true unless told. */
  readonly isPretty: boolean;
  /** `access_token` or `oauth_token`, the other way to send a bearer token. */
  readonly accessToken: string | undefined;
}

/**
 * Parameters that change nothing here: a key identifies a caller's project where a token is not needed, and all calls
 * need one; the others steer Google's quota, tracing and uploads.
 */
const withoutEffect: ReadonlySet<string> = new Set([
  'key',
  '$key',
  'quotaUser',
  '$quotaUser',
  'userIp',
  'userProject',
  '$userProject',
  'uploadType',
  'upload_protocol',
  '$.xgafv',
  '$unique',
  'trace',
]);

const formats: ReadonlyMap<string, 'json' | 'proto'> = new Map([
  ['json', 'json'],
  ['proto', 'proto'],
]);

/** Takes the system parameters out of a query; what is left over is the method's. Throws INVALID_ARGUMENT. */
export function takeSystemParameters(query: URLSearchParams): {
  system: SystemParameters;
  rest: readonly (readonly [string, string])[];
} {
  let format: SystemParameters['format'];
  let isPretty = true;
  let accessToken: string | undefined;
  const rest: (readonly [string, string])[] = [];
  for (const [name, value] of query) {
    switch (name) {
      case 'alt':
      case '$alt':
        format = parseFormat(value);
        break;
      case 'prettyPrint':
      case '$prettyPrint':
      case 'pp':
        isPretty = value !== 'false' && value !== '0';
        break;
      case 'access_token':
      case '$access_token':
      case 'oauth_token':
        accessToken = value;
        break;
      default:
        if (!withoutEffect.has(name)) rest.push([name, value]);
    }
  }
  return { system: { format, isPretty, accessToken }, rest };
}

function parseFormat(value: string): 'json' | 'proto' {
  // `json;enum-encoding=int` and the like: the part in front of the semicolon is the format.
  const format = formats.get(value.split(';')[0] as string);
  if (format === undefined) throw badRequest(`Invalid value at 'alt': ${JSON.stringify(value)}`, 'alt');
  return format;
}
