import {
  BackendRule_PathTranslation,
  BackendRule_PathTranslationSchema,
} from '../../../gen/google/api/backend_pb.ts';
import type { BackendRule } from '../../../gen/google/api/backend_pb.ts';
import { isLoopback } from '../../rules/loopback.ts';
import type { CallerChange, Severity } from '../caller-change.ts';
import { fieldPath } from '../element-path.ts';
import { inEachPair, pairRulePath } from '../step.ts';
import type { CallerRule, OperationPair } from '../step.ts';

/** Where calls go, how, for how long, and with which identity. */
export const backendsRule: CallerRule = (step) =>
  inEachPair(step, (pair) => {
    const [old, next] = [toTarget(pair.old.backend), toTarget(pair.next.backend)];
    const path = pairRulePath('backend.rules', pair, [pair.old.backend, pair.next.backend]);
    return [
      compareAddress,
      compareProtocol,
      comparePathTranslation,
      compareDeadline,
      compareIdentity,
    ].flatMap((compare) => {
      const found = compare(pair, old, next);
      return found === undefined ? [] : [{ ...found, element: fieldPath(path, found.element) }];
    });
  });

/** Seconds. Source: ESPv2, default of google.api.BackendRule.deadline. */
const defaultDeadline = 15;

/** A backend rule with the defaults of the proxies. */
interface BackendTarget {
  /** '' is the backend that the proxy is started with. */
  readonly address: string;
  readonly protocol: string;
  readonly pathTranslation: BackendRule_PathTranslation;
  readonly deadlineSeconds: number;
  /** Audience of the identity token; undefined: none is sent. */
  readonly audience: string | undefined;
}

function toTarget(rule: BackendRule | undefined): BackendTarget {
  const deadline = rule?.deadline ?? 0;
  return {
    address: rule?.address ?? '',
    protocol: rule?.protocol === undefined || rule.protocol === '' ? 'http/1.1' : rule.protocol,
    pathTranslation: rule?.pathTranslation ?? BackendRule_PathTranslation.PATH_TRANSLATION_UNSPECIFIED,
    deadlineSeconds: deadline > 0 ? deadline : defaultDeadline,
    audience: rule === undefined ? undefined : audienceOf(rule),
  };
}

/** Without a word about it, a token for the backend's own address is sent. Source: ESPv2, BackendRule.authentication. */
function audienceOf({ authentication, address }: BackendRule): string | undefined {
  if (authentication.case === 'jwtAudience') return authentication.value;
  if (authentication.case === 'disableAuth' && authentication.value) return undefined;
  return address === '' ? undefined : address.replace(/^(\w+:\/\/[^/]*).*$/, '$1');
}

/** A change with the name of the field that it is in. */
type FieldChange = CallerChange | undefined;
type Comparison = (pair: OperationPair, old: BackendTarget, next: BackendTarget) => FieldChange;

const compareAddress: Comparison = ({ label }, old, next) => {
  if (old.address === next.address) return undefined;
  const isExposed = isPlaintext(next.address) && !isPlaintext(old.address) && old.address !== '';
  return {
    severity: isExposed ? 'weakened-security' : 'notice',
    rule: isExposed ? 'backend-plaintext' : 'backend-address-changed',
    element: 'address',
    message: `${label} now goes to ${show(next.address)} instead of ${show(old.address)}${isExposed ? ', without TLS' : ''}.`,
  };
};

const compareProtocol: Comparison = ({ label }, old, next) =>
  old.protocol === next.protocol
    ? undefined
    : {
        severity: 'notice',
        rule: 'backend-protocol-changed',
        element: 'protocol',
        message: `${label} now goes to its backend in ${next.protocol} instead of ${old.protocol}.`,
      };

const comparePathTranslation: Comparison = ({ label }, old, next) => {
  if (old.pathTranslation === next.pathTranslation) return undefined;
  const name = ({ pathTranslation }: BackendTarget): string =>
    BackendRule_PathTranslationSchema.value[pathTranslation]?.name ?? String(pathTranslation);
  return {
    severity: 'notice',
    rule: 'path-translation-changed',
    element: 'path_translation',
    message: `The backend of ${label} now gets paths by ${name(next)} instead of ${name(old)}.`,
  };
};

const compareDeadline: Comparison = ({ label }, old, next) => {
  const [from, to] = [old.deadlineSeconds, next.deadlineSeconds];
  if (from === to) return undefined;
  return {
    severity: to < from ? 'breaking' : 'notice',
    rule: to < from ? 'deadline-shortened' : 'deadline-extended',
    element: 'deadline',
    message:
      to < from
        ? `${label} must now be answered within ${to} s instead of ${from} s: slower calls fail.`
        : `${label} may now take ${to} s instead of ${from} s.`,
  };
};

const compareIdentity: Comparison = ({ label, next: { backend } }, old, next) => {
  if (old.audience === next.audience || followsAddress(old, next)) return undefined;
  const found = (severity: Severity, rule: string, message: string): CallerChange => {
    const element = backend?.authentication.case === 'disableAuth' ? 'disable_auth' : 'jwt_audience';
    return { severity, rule, element, message };
  };
  if (next.audience === undefined)
    return found(
      'weakened-security',
      'backend-token-dropped',
      `The backend of ${label} is no longer sent an identity token: it cannot tell the proxy from anybody else.`,
    );
  if (old.audience === undefined)
    return found(
      'notice',
      'backend-token-added',
      `The backend of ${label} is now sent an identity token for ${next.audience}.`,
    );
  return found(
    'notice',
    'backend-token-changed',
    `The backend of ${label} is now sent an identity token for ${next.audience} instead of ${old.audience}.`,
  );
};

/** The token is for the address, and the address has changed: that was said. */
function followsAddress(old: BackendTarget, next: BackendTarget): boolean {
  const isOwn = ({ address, audience }: BackendTarget): boolean =>
    audience !== undefined && address.startsWith(audience);
  return isOwn(old) && isOwn(next);
}

function isPlaintext(address: string): boolean {
  return /^(?:http|grpc):\/\//i.test(address) && !isLoopback(address);
}

function show(address: string): string {
  return address === '' ? "the proxy's own backend" : address;
}
