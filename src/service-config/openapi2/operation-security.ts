import type { AuthRequirement } from '../../gen/google/api/auth_pb.ts';
import type { OperationSecurity } from '../model/api-model.ts';
import type { Spot } from '../openapi/openapi-document.ts';
import {
  jwtRequirements,
  readSecurity,
  reportTwoJwts,
  reportUnenforced,
  requiresApiKey,
  schemesIn,
} from '../openapi/security.ts';
import type { SecurityAlternative, SecurityScope } from '../openapi/security.ts';
import { child } from '../source/source-node.ts';
import type { MappingNode } from '../source/source-node.ts';
import { securityExtension } from './extensions/security-extension.ts';
import type { SchemeAudiences } from './extensions/security-extension.ts';

/** `security` and `x-security` of the root or of an operation, read. */
export interface SecuritySection {
  /** Undefined: there is no `security` list. */
  readonly alternatives: readonly SecurityAlternative[] | undefined;
  /** Undefined: there is no `x-security` list. */
  readonly audiences: ReadonlyArray<readonly SchemeAudiences[]> | undefined;
  /** Schemes that the two name. */
  readonly schemes: number;
}

/** Reads both lists of a node and checks that the schemes exist and can be combined. */
export function readSecuritySection(scope: SecurityScope, node: MappingNode, spot: Spot): SecuritySection {
  const alternatives = readSecurity(scope, child(node, 'security'), spot);
  const audiences = securityExtension(scope.document, node, spot);
  for (const alternative of audiences ?? []) checkAudiences(scope, alternative, spot);
  return { alternatives, audiences, schemes: schemesIn(alternatives) + schemesIn(audiences) };
}

function checkAudiences(scope: SecurityScope, alternative: readonly SchemeAudiences[], spot: Spot): void {
  for (const { scheme, node } of alternative) {
    if (scope.schemes.get(scheme)?.kind === 'jwt') continue;
    scope.document.context.diagnostics.error({
      rule: 'x-security-scheme',
      location: spot.location,
      message: `Schema '${scheme}' referenced in extension x-security does not have a valid value. Please check the documentation for its schema.`,
      hint: 'Name a scheme of type oauth2 from securityDefinitions.',
      at: node,
    });
  }
  if (alternative.length > 1) {
    const schemes = alternative.map(({ scheme, node }) => ({ name: scheme, place: node }));
    reportTwoJwts(scope, { section: 'x-security', schemes }, spot);
  }
}

/** Security of an operation: its own lists, or the root's where it has none. */
export function operationSecurity(
  scope: SecurityScope,
  { own, root }: { readonly own: SecuritySection; readonly root: SecuritySection },
  spot: Spot,
): OperationSecurity {
  const hasOwn = own.alternatives !== undefined || own.audiences !== undefined;
  const section = hasOwn ? own : root;
  if (!scope.document.context.sharing.take(section.schemes, spot.place)) return unread;
  const requirements = mergedRequirements(scope, section, spot);
  const alternatives = own.alternatives ?? root.alternatives ?? [];
  const security: OperationSecurity = {
    requiresApiKey: requiresApiKey(alternatives),
    // The rule of the whole service exists only if it asks for something; an operation's own always does.
    requirements: hasOwn || requirements.length > 0 ? requirements : undefined,
  };
  reportUnenforced(scope, { alternatives, security }, spot);
  return security;
}

/** Stands for what is not looked at any more; the config does not count then. */
const unread: OperationSecurity = { requiresApiKey: false, requirements: [] };

/** Requirements of `security`, with the audiences of `x-security` where it names the scheme too. */
function mergedRequirements(scope: SecurityScope, section: SecuritySection, spot: Spot): AuthRequirement[] {
  const named = (section.audiences ?? []).flat().flatMap(({ scheme: name, audiences, node }) => {
    const scheme = scope.schemes.get(name);
    return scheme?.kind === 'jwt' ? [{ name, scheme, place: node, audiences }] : [];
  });
  const requirements = jwtRequirements(
    scope,
    [...(section.alternatives ?? []), ...named.map((scheme) => [scheme])],
    spot.location,
  );
  const byProvider = new Map(requirements.map((requirement) => [requirement.providerId, requirement]));
  for (const { name, audiences } of named) {
    const requirement = byProvider.get(name);
    if (requirement !== undefined && audiences.length > 0) requirement.audiences = audiences.join(',');
  }
  return requirements;
}
