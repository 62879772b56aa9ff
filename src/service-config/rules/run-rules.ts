import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import type { RuleFinding, RuleReport, ServiceRule } from './service-rule.ts';

/** Runs rules in their order and turns their findings into diagnostics with places. */
export function runRules(rules: readonly ServiceRule[], service: Service, context: CompileContext): void {
  for (const rule of rules) rule.check(service, reportFor(rule, context));
}

function reportFor(rule: ServiceRule, context: CompileContext): RuleReport {
  const toFinding = ({ message, hint, on, location }: RuleFinding) => {
    const origin = context.origins.of(on);
    return {
      rule: rule.name,
      location: location === 'origin' ? (origin?.location ?? rule.location) : rule.location,
      message,
      hint,
      at: origin?.place,
    };
  };
  return {
    error: (finding) => context.diagnostics.error(toFinding(finding)),
    warning: (finding) => context.diagnostics.warning(toFinding(finding)),
  };
}
