import type { AuthRequirement } from '../../../gen/google/api/auth_pb.ts';
import type { CallerChange } from '../caller-change.ts';
import { fieldPath, keyedPath } from '../element-path.ts';
import type { OperationView, ServiceView } from '../service-view.ts';
import { inEachPair, pairRulePath } from '../step.ts';
import type { CallerRule, OperationPair, Step } from '../step.ts';
import { splitList } from '../split-list.ts';

/** Which tokens (JWTs) an operation asks for, and from whom. */
export const tokensRule: CallerRule = (step) =>
  inEachPair(step, (pair) => {
    const [old, next] = [tokenNeed(pair.old), tokenNeed(pair.next)];
    const change = old === next ? undefined : needChange(pair, old, next);
    return [
      ...(change === undefined ? [] : [change]),
      ...(old === 'none' || next === 'none' ? [] : compareIssuers(pair, step)),
    ];
  });

/** `optional`: a call may come without a token, but not with a bad one. */
type TokenNeed = 'none' | 'optional' | 'required';

/** Whether an operation asks for a token. Source: google.api.AuthenticationRule. */
function tokenNeed({ authentication }: OperationView): TokenNeed {
  if (authentication === undefined || authentication.requirements.length === 0) return 'none';
  return authentication.allowWithoutCredential ? 'optional' : 'required';
}

function needChange(pair: OperationPair, old: TokenNeed, next: TokenNeed): CallerChange {
  const { label } = pair;
  const rule = pairRulePath('authentication.rules', pair, [
    pair.old.authentication,
    pair.next.authentication,
  ]);
  const requirements = fieldPath(rule, 'requirements');
  const optional = fieldPath(rule, 'allow_without_credential');
  switch (next) {
    case 'none':
      return {
        severity: 'weakened-security',
        rule: 'token-dropped',
        element: requirements,
        message:
          old === 'required'
            ? `${label} no longer needs a token: anybody's calls get through.`
            : `${label} no longer looks at tokens: bad ones get through.`,
      };
    case 'optional':
      if (old === 'required') {
        const message = `${label} now lets calls through that carry no token.`;
        return { severity: 'weakened-security', rule: 'token-optional', element: optional, message };
      }
      return {
        severity: 'notice',
        rule: 'token-optional',
        element: requirements,
        message: `${label} now checks the token of calls that carry one.`,
      };
    case 'required':
      return {
        severity: 'breaking',
        rule: 'token-required',
        element: old === 'optional' ? optional : requirements,
        message: `${label} now needs a token: calls without one are refused.`,
      };
    default:
      return next satisfies never;
  }
}

/** Who may sign, compared by issuer where the ids differ: callers know no ids. */
function compareIssuers(pair: OperationPair, step: Step): CallerChange[] {
  const [old, next] = [trustedIssuers(pair.old, step.old), trustedIssuers(pair.next, step.next)];
  const counterpart = (one: TrustedIssuer, others: readonly TrustedIssuer[]): TrustedIssuer | undefined =>
    others.find(({ id }) => id === one.id) ?? others.find(({ issuer }) => issuer === one.issuer);
  const rule = pairRulePath('authentication.rules', pair, [
    pair.old.authentication,
    pair.next.authentication,
  ]);
  const elementOf = ({ id }: TrustedIssuer): string =>
    keyedPath(fieldPath(rule, 'requirements'), 'provider_id', id);
  const { label } = pair;
  return [
    ...old
      .filter((one) => counterpart(one, next) === undefined)
      .map((one): CallerChange => {
        const message = `${label} no longer accepts tokens of ${one.issuer}.`;
        return { severity: 'breaking', rule: 'issuer-removed', element: elementOf(one), message };
      }),
    ...next.flatMap((one): CallerChange[] => {
      const before = counterpart(one, old);
      const element = elementOf(one);
      if (before !== undefined) return compareAudiences(label, element, [before, one]);
      const message = `${label} now accepts tokens of ${one.issuer} too.`;
      return [{ severity: 'weakened-security', rule: 'issuer-added', element, message }];
    }),
  ];
}

function compareAudiences(
  label: string,
  requirement: string,
  [old, next]: readonly [TrustedIssuer, TrustedIssuer],
): CallerChange[] {
  const element =
    next.areAudiencesOwn || old.areAudiencesOwn ? fieldPath(requirement, 'audiences') : next.element;
  const change = (severity: 'breaking' | 'weakened-security', audience: string): CallerChange =>
    severity === 'breaking'
      ? {
          severity,
          rule: 'audience-removed',
          element,
          message: `${label} no longer accepts tokens of ${next.issuer} for ${audience}.`,
        }
      : {
          severity,
          rule: 'audience-added',
          element,
          message: `${label} now accepts tokens of ${next.issuer} for ${audience}.`,
        };
  return [
    ...old.audiences.filter((one) => !next.audiences.includes(one)).map((one) => change('breaking', one)),
    ...next.audiences
      .filter((one) => !old.audiences.includes(one))
      .map((one) => change('weakened-security', one)),
  ];
}

/** A provider as one requirement trusts it. */
interface TrustedIssuer {
  readonly id: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** The requirement names them itself, instead of its provider. */
  readonly areAudiencesOwn: boolean;
  /** Where the provider names them. */
  readonly element: string;
}

function trustedIssuers({ authentication }: OperationView, view: ServiceView): TrustedIssuer[] {
  return (authentication?.requirements ?? []).map((requirement) => trustedIssuer(requirement, view));
}

/** Without audiences of its own a requirement takes its provider's; with none at all, the service's name is the audience. */
function trustedIssuer({ providerId, audiences }: AuthRequirement, view: ServiceView): TrustedIssuer {
  const provider = view.providers.get(providerId);
  const own = splitList(audiences);
  const named = own.length > 0 ? own : splitList(provider?.audiences ?? '');
  return {
    id: providerId,
    issuer: provider?.issuer ?? providerId,
    audiences: named.length > 0 ? named : [`https://${view.service.name}`],
    areAudiencesOwn: own.length > 0,
    element: fieldPath(keyedPath('authentication.providers', 'id', providerId), 'audiences'),
  };
}
