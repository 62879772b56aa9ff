import type { AuthRequirement } from '../../gen/google/api/auth_pb.ts';
import type { OperationSecurity } from '../model/api-model.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import {
  jwtRequirements,
  readSecurity,
  reportTwoJwts,
  reportUnenforced,
  requiresApiKey,
} from '../openapi/security.ts';
import type { SecurityAlternative, SecurityRules } from '../openapi/security.ts';
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
}

/** Reads both lists of a node and checks that the schemes exist and can be combined. */
export function readSecuritySection(
  document: OpenapiDocument,
  node: MappingNode,
  rules: SecurityRules,
  spot: Spot,
): SecuritySection {
  const alternatives = readSecurity(document, child(node, 'security'), rules, spot);
  const audiences = securityExtension(document, node, spot);
  for (const alternative of audiences ?? []) checkAudiences(document, alternative, rules, spot);
  return { alternatives, audiences };
}

function checkAudiences(
  document: OpenapiDocument,
  alternative: readonly SchemeAudiences[],
  rules: SecurityRules,
  spot: Spot,
): void {
  for (const { scheme, node } of alternative) {
    if (rules.schemes.get(scheme)?.kind === 'jwt') continue;
    document.context.diagnostics.error({
      rule: 'x-security-scheme',
      location: spot.location,
      message: `Schema '${scheme}' referenced in extension x-security does not have a valid value. Please check the documentation for its schema.`,
      hint: 'Name a scheme of type oauth2 from securityDefinitions.',
      at: node,
    });
  }
  if (alternative.length > 1) {
    const schemes = alternative.map(({ scheme, node }) => ({ name: scheme, place: node }));
    reportTwoJwts(document, schemes, 'x-security', spot);
  }
}

/** Security of an operation: its own lists, or the root's where it has none. */
export function operationSecurity(
  document: OpenapiDocument,
  own: SecuritySection,
  root: SecuritySection,
  rules: SecurityRules,
  spot: Spot,
): OperationSecurity {
  const hasOwn = own.alternatives !== undefined || own.audiences !== undefined;
  const section = hasOwn ? own : root;
  const requirements = mergedRequirements(document, section, rules, spot);
  const alternatives = own.alternatives ?? root.alternatives ?? [];
  const security: OperationSecurity = {
    requiresApiKey: requiresApiKey(alternatives),
    // The rule of the whole service exists only if it asks for something; an operation's own always does.
    requirements: hasOwn || requirements.length > 0 ? requirements : undefined,
  };
  reportUnenforced(document, alternatives, security, spot);
  return security;
}

/** Requirements of `security`, with the audiences of `x-security` where it names the scheme too. */
function mergedRequirements(
  document: OpenapiDocument,
  section: SecuritySection,
  rules: SecurityRules,
  spot: Spot,
): AuthRequirement[] {
  const named = (section.audiences ?? []).flat().flatMap(({ scheme: name, audiences, node }) => {
    const scheme = rules.schemes.get(name);
    return scheme?.kind === 'jwt' ? [{ name, scheme, place: node, audiences }] : [];
  });
  const requirements = jwtRequirements(
    document,
    [...(section.alternatives ?? []), ...named.map((scheme) => [scheme])],
    spot.location,
  );
  for (const { name, audiences } of named) {
    const requirement = requirements.find(({ providerId }) => providerId === name);
    if (requirement !== undefined && audiences.length > 0) requirement.audiences = audiences.join(',');
  }
  return requirements;
}
