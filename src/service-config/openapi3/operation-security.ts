import type { AuthRequirement } from '../../gen/google/api/auth_pb.ts';
import type { OperationSecurity } from '../model/api-model.ts';
import type { Spot } from '../openapi/openapi-document.ts';
import {
  jwtRequirements,
  readSecurity,
  reportUnenforced,
  requiresApiKey,
  schemesIn,
} from '../openapi/security.ts';
import type { SecurityAlternative, SecurityScope } from '../openapi/security.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode, SourceNode } from '../source/source-node.ts';
import { gatehouseAudiences } from './extensions/gatehouse-audiences.ts';
import type { SchemeAudiences } from './extensions/gatehouse-audiences.ts';

/** `security` and `x-gatehouse-audiences` of the root or of an operation, read. */
export interface SecuritySection {
  /** Undefined: there is no `security` list. */
  readonly alternatives: readonly SecurityAlternative[] | undefined;
  /** Undefined: there is no `x-gatehouse-audiences`. */
  readonly audiences: SchemeAudiences | undefined;
  /** Schemes that `security` names. */
  readonly schemes: number;
}

/** Reads both of a node, and says what of them is not enforced. */
export function readSecuritySection(scope: SecurityScope, node: MappingNode, spot: Spot): SecuritySection {
  const list = child(node, 'security');
  const alternatives = readSecurity(scope, list, spot);
  if (alternatives !== undefined)
    warnOfKeyOrToken(scope, alternatives, { ...spot, place: list ?? spot.place });
  warnOfScopes(scope, list, spot);
  const audiences = gatehouseAudiences(scope.document, node, scope.schemes);
  return { alternatives, audiences, schemes: schemesIn(alternatives) };
}

/** An operation's own `security` and audiences, each of which takes the root's place as a whole. */
export function operationSecurity(
  scope: SecurityScope,
  { own, root }: { readonly own: SecuritySection; readonly root: SecuritySection },
  spot: Spot,
): OperationSecurity {
  const alternatives = own.alternatives ?? root.alternatives ?? [];
  const schemes = own.alternatives === undefined ? root.schemes : own.schemes;
  if (!scope.document.context.sharing.take(schemes, spot.place)) return unread;
  const audiences = own.audiences ?? root.audiences ?? new Map<string, string>();
  const requirements = jwtRequirements(scope, alternatives, spot.location);
  for (const requirement of requirements) restrict(requirement, audiences);
  const security: OperationSecurity = {
    requiresApiKey: requiresApiKey(alternatives),
    // The rule of the whole service exists only if it asks for something; an operation's own always does.
    requirements: own.alternatives !== undefined || requirements.length > 0 ? requirements : undefined,
  };
  reportUnenforced(scope, { alternatives, security }, spot);
  return security;
}

/** Stands for what is not looked at any more; the config does not count then. */
const unread: OperationSecurity = { requiresApiKey: false, requirements: [] };

/** A scheme with audiences of its own keeps both, which `auth-audiences-once` then refuses. */
function restrict(requirement: AuthRequirement, audiences: SchemeAudiences): void {
  requirement.audiences = audiences.get(requirement.providerId) ?? requirement.audiences;
}

/**
 * A key or a token: `google.api.Service` has no way to say it. The proxies then ask for the token and leave the key
 * optional, so a caller who has only a key is refused, which the document does not suggest.
 */
function warnOfKeyOrToken(
  scope: SecurityScope,
  alternatives: readonly SecurityAlternative[],
  spot: Spot,
): void {
  const has = (alternative: SecurityAlternative, kind: 'jwt' | 'apiKey'): boolean =>
    alternative.some(({ scheme }) => scheme.kind === kind);
  const keyAlone = alternatives.find((one) => has(one, 'apiKey') && !has(one, 'jwt'));
  if (keyAlone === undefined || !alternatives.some((one) => has(one, 'jwt'))) return;
  scope.document.context.diagnostics.warning({
    rule: 'security-key-or-token',
    location: spot.location,
    message:
      'An API key or a token cannot be alternatives of each other: a token will be required, and a key alone will not do.',
    hint: 'Require both in one object of security, or offer two operations.',
    at: keyAlone[0]?.place ?? spot.place,
  });
}

/** Scopes are accepted and never checked, a documented limit that an author must know of. */
function warnOfScopes(scope: SecurityScope, list: SourceNode | undefined, spot: Spot): void {
  for (const item of list?.kind === 'sequence' ? list.items : []) {
    for (const [name, { value }] of item.kind === 'mapping' ? item.entries : []) {
      if (value.kind !== 'sequence' || value.items.length === 0) continue;
      if (scope.schemes.get(name)?.kind !== 'jwt') continue;
      scope.document.context.diagnostics.warning({
        rule: 'security-scopes',
        location: spot.location,
        message: `The scopes that security asks of '${name}' are not checked by the proxy; any token of its issuer and audience will do.`,
        hint: 'Check scopes in the backend, from the claims in X-Endpoint-API-UserInfo.',
        at: value,
      });
    }
  }
}
