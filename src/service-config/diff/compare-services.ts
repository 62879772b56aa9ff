import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CallerChange, Severity } from './caller-change.ts';
import { compareElements } from './compare-elements.ts';
import type { ElementChange } from './element-change.ts';
import { apiKeysRule } from './rules/api-keys.ts';
import { backendsRule } from './rules/backends.ts';
import { providersRule } from './rules/providers.ts';
import { quotaRule } from './rules/quota.ts';
import { routesRule } from './rules/routes.ts';
import { schemasRule } from './rules/schemas.ts';
import { serviceRule } from './rules/service.ts';
import { tokensRule } from './rules/tokens.ts';
import { viewService } from './service-view.ts';
import { takeStep } from './step.ts';
import type { CallerRule } from './step.ts';

/** How two configs of a service differ. Both lists are empty exactly when they are the same. */
export interface ServiceComparison {
  /** What changes for callers, the gravest first. */
  readonly callers: readonly CallerChange[];
  /** Every element that differs, in the order of the contract. */
  readonly elements: readonly ElementChange[];
}

/** Every rule. A new one is one more line. */
const rules: readonly CallerRule[] = [
  serviceRule,
  routesRule,
  apiKeysRule,
  tokensRule,
  providersRule,
  quotaRule,
  schemasRule,
  backendsRule,
];

const order: readonly Severity[] = ['breaking', 'weakened-security', 'notice'];

/**
 * Compares two configs. Pure, and equal configs give equal answers. Ids, source files and the order of lists do not count; see
 * {@link compareElements}.
 */
export function compareServices(old: Service, next: Service): ServiceComparison {
  const elements = compareElements(old, next);
  if (elements.length === 0) return { callers: [], elements };
  const step = takeStep(viewService(old), viewService(next));
  const callers = rules.flatMap((rule) => rule(step));
  callers.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  return { callers, elements };
}
