import type { Service } from '../../gen/google/api/service_pb.ts';
import type { CompileContext } from '../context.ts';
import { authAudiencesOnceRule } from './authentication/audiences-once.ts';
import { authProviderExistsRule } from './authentication/provider-exists.ts';
import { authProviderFieldsRule } from './authentication/provider-fields.ts';
import { authProviderUniqueRule } from './authentication/provider-unique.ts';
import { backendTargetRule } from './backend/backend-target.ts';
import { bindingFieldsRule } from './http/binding-fields.ts';
import { duplicateRouteRule } from './http/duplicate-route.ts';
import { pathTemplateRule } from './http/path-template.ts';
import { templateFieldsRule } from './http/template-fields.ts';
import { quotaLimitNameRule } from './quota/limit-name.ts';
import { quotaLimitUniqueRule } from './quota/limit-unique.ts';
import { quotaLimitUnitRule } from './quota/limit-unit.ts';
import { quotaLimitValuesRule } from './quota/limit-values.ts';
import { quotaMetricCostRule } from './quota/metric-cost.ts';
import { quotaMetricsExistRule } from './quota/metrics-exist.ts';
import { runRules } from './run-rules.ts';
import { configVersionRule } from './service/config-version.ts';
import { controlEnvironmentRule } from './service/control-environment.ts';
import { dnsNameRule } from './service/dns-name.ts';
import { knownSelectorsRule } from './service/known-selectors.ts';
import { usageRequirementRule } from './service/usage-requirement.ts';
import type { ServiceRule } from './service-rule.ts';
import { telemetryBoundsRule } from './telemetry/bounds.ts';
import { destinationsRule } from './telemetry/destinations.ts';
import { metricTypesRule } from './telemetry/metric-types.ts';
import { telemetryUniqueRule } from './telemetry/unique-names.ts';

/** Every rule that a config must meet, in the order of its findings. */
export const serviceRules: readonly ServiceRule[] = [
  configVersionRule,
  dnsNameRule,
  controlEnvironmentRule,
  usageRequirementRule,
  knownSelectorsRule,
  pathTemplateRule,
  templateFieldsRule,
  bindingFieldsRule,
  duplicateRouteRule,
  authProviderUniqueRule,
  authProviderFieldsRule,
  authProviderExistsRule,
  authAudiencesOnceRule,
  backendTargetRule,
  quotaLimitNameRule,
  quotaLimitUniqueRule,
  quotaLimitValuesRule,
  quotaLimitUnitRule,
  quotaMetricsExistRule,
  quotaMetricCostRule,
  telemetryBoundsRule,
  telemetryUniqueRule,
  metricTypesRule,
  destinationsRule,
];

/** Checks a config, whether compiled here or submitted normalised. */
export function checkService(service: Service, context: CompileContext): void {
  runRules(serviceRules, service, context);
}
