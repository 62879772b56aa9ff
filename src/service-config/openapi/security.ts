import { create } from '@bufbuild/protobuf';

import type { AuthRequirement } from '../../gen/google/api/auth_pb.ts';
import { AuthRequirementSchema } from '../../gen/google/api/auth_pb.ts';
import { nameHint } from '../diagnostics/name-hint.ts';
import type { OperationSecurity } from '../model/api-model.ts';
import type { SequenceNode, SourceNode, SourcePlace } from '../source/source-node.ts';
import type { OpenapiDocument, Spot } from './openapi-document.ts';
import type { SecurityScheme, SecuritySchemes } from './security-scheme.ts';

/** A scheme named by a `security` list, known to be defined. */
export interface NamedScheme {
  readonly name: string;
  readonly scheme: SecurityScheme;
  readonly place: SourcePlace;
}

/** One alternative of a `security` list: all its schemes must hold. */
export type SecurityAlternative = readonly NamedScheme[];

/** What a `security` list is read against. */
export interface SecurityScope {
  readonly document: OpenapiDocument;
  readonly schemes: SecuritySchemes;
  /** Where schemes are defined, for messages: `securityDefinitions`. */
  readonly definedIn: string;
}

/**
 * Reads a `security` list. A scheme that is not defined is an error: the proxy could not ask for it and would let
 * callers in without credentials. Undefined when there is no list.
 */
export function readSecurity(
  scope: SecurityScope,
  node: SourceNode | undefined,
  spot: Spot,
): readonly SecurityAlternative[] | undefined {
  const list = scope.document.reader.sequence(node, 'security');
  if (list === undefined) return undefined;
  const alternatives = readAlternatives(scope, list, spot);
  for (const alternative of alternatives) refuseTwoJwts(scope, alternative, spot);
  return alternatives;
}

function readAlternatives(scope: SecurityScope, list: SequenceNode, spot: Spot): SecurityAlternative[] {
  return list.items.map((item) => {
    const schemes: NamedScheme[] = [];
    for (const [name, { keyOffset }] of scope.document.reader.mapping(item, 'security')?.entries ?? []) {
      const place: SourcePlace = { source: item.source, offset: keyOffset };
      const scheme = scope.schemes.get(name);
      if (scheme === undefined) reportUndefined(scope, name, { place, location: spot.location });
      else schemes.push({ name, scheme, place });
    }
    return schemes;
  });
}

// Differs from Service Management, which deploys a 2.0 document with such a name and leaves the operation open.
function reportUndefined(scope: SecurityScope, name: string, spot: Spot): void {
  scope.document.context.diagnostics.error({
    rule: 'security-scheme-undefined',
    location: spot.location,
    message: `Security scheme '${name}' is not defined in '${scope.definedIn}'; callers could invoke the operation without credentials.`,
    hint: nameHint(name, scope.schemes.keys()) ?? `Define it in ${scope.definedIn}.`,
    at: spot.place,
  });
}

function refuseTwoJwts(scope: SecurityScope, alternative: SecurityAlternative, spot: Spot): void {
  const jwts = alternative.filter(({ scheme }) => scheme.kind === 'jwt');
  if (jwts.length > 1) reportTwoJwts(scope, { section: 'security', schemes: jwts }, spot);
}

/** Schemes that one object asks for together. */
export interface AndedSchemes {
  readonly section: 'security' | 'x-security';
  readonly schemes: ReadonlyArray<{ readonly name: string; readonly place: SourcePlace }>;
}

/** Two JWT schemes in one object: both would have to hold, and the proxies know alternatives only. */
export function reportTwoJwts(scope: SecurityScope, { section, schemes }: AndedSchemes, spot: Spot): void {
  scope.document.context.diagnostics.error({
    rule: 'security-and',
    location: spot.location,
    message: `${section} section contains multiple security definitions '${schemes.map(({ name }) => name).join(',')}' within the scope (Security Requirement Object) that get logically ANDed (both requirements need to be satisfied to allow the request). We only support allowing logical OR between security definitions. Therefore, please write requirements in different objects inside the array (which would mean logical OR, that is, any of the requirement should be sufficient to allow the request.)`,
    at: schemes[1]?.place ?? spot.place,
  });
}

/** An API key is required only when there are alternatives and every one of them has an apiKey scheme. */
export function requiresApiKey(alternatives: readonly SecurityAlternative[]): boolean {
  return (
    alternatives.length > 0 &&
    alternatives.every((alternative) => alternative.some(({ scheme }) => scheme.kind === 'apiKey'))
  );
}

/** JWT requirements of the alternatives, any of which suffices; each provider once. */
export function jwtRequirements(
  scope: SecurityScope,
  alternatives: readonly SecurityAlternative[],
  location: string,
): AuthRequirement[] {
  const requirements = new Map<string, AuthRequirement>();
  for (const { name, scheme, place } of alternatives.flat()) {
    if (scheme.kind !== 'jwt' || requirements.has(name)) continue;
    const requirement = create(AuthRequirementSchema, {
      providerId: name,
      audiences: scheme.provider.audiences,
    });
    requirements.set(name, scope.document.context.origins.set(requirement, { place, location }));
  }
  return [...requirements.values()];
}

/** Schemes that a list names: what it costs to look at it once more, for another operation. */
export function schemesIn(alternatives: ReadonlyArray<readonly unknown[]> | undefined): number {
  return (alternatives ?? []).reduce((sum, alternative) => sum + alternative.length, 0);
}

/** What an operation asks for, and what can be enforced of it. */
export interface ResolvedSecurity {
  readonly alternatives: readonly SecurityAlternative[];
  readonly security: OperationSecurity;
}

/**
 * Reports an operation that names schemes of which none is enforced, so that anyone could call it. Alternatives that
 * are empty on purpose (`{}`) make no such report.
 */
export function reportUnenforced(
  scope: SecurityScope,
  { alternatives, security }: ResolvedSecurity,
  spot: Spot,
): void {
  if (security.requiresApiKey || (security.requirements?.length ?? 0) > 0) return;
  const ignored = alternatives.flat().filter(({ scheme }) => scheme.kind === 'ignored');
  const first = ignored[0];
  if (first === undefined || alternatives.some((alternative) => alternative.length === 0)) return;
  // Differs from Service Management, which only warns that the scheme is ignored.
  scope.document.context.diagnostics.error({
    rule: 'security-unenforced',
    location: spot.location,
    message: `None of the security schemes '${ignored.map(({ name }) => name).join(',')}' can be enforced; callers could invoke the operation without credentials.`,
    hint: 'Use an apiKey or oauth2 scheme, or write security: [] if anyone may call.',
    at: first.place,
  });
}
