import type { Clock } from '../../core/clock.ts';
import type { Store } from '../../store/store.ts';
import type { HttpEndpoint, HttpEndpointRequest } from '../rpc/http-endpoint.ts';
import type { HttpResponse } from '../rpc/http-response.ts';
import { checkAssertion } from './check-assertion.ts';
import type { TokenIssuer } from './issuer.ts';
import { tokenError, tokenErrorResponse, tokenResponse } from './token-error.ts';
import { maxTokenLifetimeSeconds } from './token-lifetime.ts';

/** What the token endpoint works with. */
export interface TokenEndpointDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly issuer: TokenIssuer;
}

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
/** The paths of oauth2.googleapis.com and of www.googleapis.com. */
const paths = ['/token', '/oauth2/v4/token'] as const;

/** Exchanges a service account's assertion for an access token or an ID token. Source: RFC 7523 §2.1. */
export function createTokenEndpoints(deps: TokenEndpointDependencies): readonly HttpEndpoint[] {
  return paths.map((template) => ({ verb: 'POST', template, handle: (request) => exchange(deps, request) }));
}

async function exchange(
  { store, clock, issuer }: TokenEndpointDependencies,
  request: HttpEndpointRequest,
): Promise<HttpResponse> {
  const form = readForm(request);
  const grantType = form.get('grant_type');
  if (grantType === null)
    return tokenErrorResponse(tokenError('invalid_request', 'Required parameter is missing: grant_type'));
  if (grantType !== jwtBearer)
    return tokenErrorResponse(tokenError('unsupported_grant_type', `Invalid grant_type: ${grantType}`));
  const assertion = form.get('assertion');
  if (assertion === null)
    return tokenErrorResponse(tokenError('invalid_request', 'Required parameter is missing: assertion'));
  const audiences = request.baseUrls.accepted.flatMap((url) => paths.map((path) => `${url}${path}`));
  const grant = await checkAssertion(assertion, { store, nowMs: clock.nowMs(), audiences });
  switch (grant.kind) {
    case 'error':
      return tokenErrorResponse(grant);
    case 'accessToken': {
      const { token } = await issuer.issueAccessToken(grant.account, grant.scopes, maxTokenLifetimeSeconds);
      // A second less than it lives, as Google says it.
      return tokenResponse(200, {
        access_token: token,
        expires_in: maxTokenLifetimeSeconds - 1,
        token_type: 'Bearer',
      });
    }
    case 'idToken': {
      const { account, audience } = grant;
      const issuerUrl = request.baseUrls.reached;
      const id_token = await issuer.issueIdToken({
        account,
        audience,
        issuer: issuerUrl,
        includeEmail: true,
      });
      return tokenResponse(200, { id_token });
    }
    default:
      return grant satisfies never;
  }
}

/** A form, or the same fields as a JSON object, which Google's endpoint takes too. */
function readForm({ body, contentType }: HttpEndpointRequest): URLSearchParams {
  const text = Buffer.from(body).toString();
  if (!contentType.startsWith('application/json')) return new URLSearchParams(text);
  try {
    const fields: unknown = JSON.parse(text);
    if (typeof fields !== 'object' || fields === null) return new URLSearchParams();
    const texts = Object.entries(fields).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    );
    return new URLSearchParams(texts);
  } catch {
    // Not JSON: then it has no fields.
    return new URLSearchParams();
  }
}
