import type { AuthProvider, AuthenticationRule } from '../../../gen/google/api/auth_pb.ts';
import type { MetricRule } from '../../../gen/google/api/quota_pb.ts';
import type { Service } from '../../../gen/google/api/service_pb.ts';
import type { SystemParameterRule } from '../../../gen/google/api/system_parameter_pb.ts';
import type { UsageRule } from '../../../gen/google/api/usage_pb.ts';
import type { ApiKeyLocation, AuthenticationRequirement, MethodConfig } from '../method-config.ts';
import type { SnapshotOptions } from '../snapshot-options.ts';
import type { Findings } from './findings.ts';
import { SelectorRules } from './selector-rules.ts';

/** The part of a {@link MethodConfig} that the policy sections of a config decide. */
export type MethodPolicies = Pick<
  MethodConfig,
  'allowUnregisteredCalls' | 'skipServiceControl' | 'apiKeyLocations' | 'authentication' | 'metricCosts'
>;

/** Where keys are looked for unless a config says otherwise, in order. Source: espv2 filter_config. */
export const defaultApiKeyLocations: readonly ApiKeyLocation[] = [
  { kind: 'query', name: 'key' },
  { kind: 'query', name: 'api_key' },
  { kind: 'header', name: 'x-api-key' },
];

const apiKeyParameter = 'api_key';
/** gRPC health checks run without Service Control unless a usage rule names them. Source: espv2 configinfo. */
const healthServiceSelectors: ReadonlySet<string> = new Set([
  'grpc.health.v1.Health.Check',
  'grpc.health.v1.Health.Watch',
]);

/** Compiles usage, system parameters, authentication and quota of each method. */
export class PolicyCompiler {
  readonly #usage: SelectorRules<UsageRule>;
  readonly #parameters: SelectorRules<SystemParameterRule>;
  readonly #authentication: SelectorRules<AuthenticationRule>;
  readonly #metrics: SelectorRules<MetricRule>;
  readonly #providers: ReadonlyMap<string, AuthProvider>;
  readonly #serviceAudience: string;
  readonly #options: SnapshotOptions;
  readonly #findings: Findings;

  constructor(service: Service, options: SnapshotOptions, findings: Findings) {
    this.#usage = new SelectorRules(service.usage?.rules);
    this.#parameters = new SelectorRules(service.systemParameters?.rules);
    this.#authentication = new SelectorRules(service.authentication?.rules);
    this.#metrics = new SelectorRules(service.quota?.metricRules);
    this.#providers = new Map(service.authentication?.providers.map((provider) => [provider.id, provider]));
    this.#serviceAudience = `https://${service.name}`;
    this.#options = options;
    this.#findings = findings;
  }

  compile(selector: string): MethodPolicies {
    const usage = this.#usage.find(selector);
    return {
      allowUnregisteredCalls: usage?.allowUnregisteredCalls ?? false,
      skipServiceControl: usage?.skipServiceControl ?? healthServiceSelectors.has(selector),
      apiKeyLocations: apiKeyLocations(this.#parameters.find(selector)),
      authentication: this.#requirement(selector),
      metricCosts: metricCosts(this.#metrics.find(selector)),
    };
  }

  #requirement(selector: string): AuthenticationRequirement | undefined {
    const rule = this.#authentication.find(selector);
    if (rule === undefined || rule.requirements.length === 0) return undefined;
    const requirements = rule.requirements.map(({ providerId, audiences }) => {
      const provider = this.#providers.get(providerId);
      if (provider === undefined) {
        const location = `authentication rule for '${selector}'`;
        this.#findings.error(
          'unknown-auth-provider',
          location,
          `Cannot find auth provider with id '${providerId}'`,
        );
      }
      return { providerId, audiences: this.#audiences(audiences, provider?.audiences ?? '') };
    });
    return { allowWithoutCredential: rule.allowWithoutCredential, requirements };
  }

  /** Empty: any audience will do. */
  #audiences(requirement: string, provider: string): readonly string[] {
    const audiences = splitAudiences(requirement);
    const { providerAudiences, serviceNameAudience } = this.#options;
    if (providerAudiences === 'always' || audiences.length === 0) audiences.push(...splitAudiences(provider));
    if (serviceNameAudience === 'always' || (serviceNameAudience === 'fallback' && audiences.length === 0))
      audiences.push(this.#serviceAudience);
    return [...new Set(audiences)];
  }
}

function apiKeyLocations(rule: SystemParameterRule | undefined): readonly ApiKeyLocation[] {
  const locations: ApiKeyLocation[] = [];
  for (const parameter of rule?.parameters ?? []) {
    if (parameter.name !== apiKeyParameter) continue;
    if (parameter.urlQueryParameter !== '')
      locations.push({ kind: 'query', name: parameter.urlQueryParameter });
    if (parameter.httpHeader !== '')
      locations.push({ kind: 'header', name: parameter.httpHeader.toLowerCase() });
  }
  return locations.length > 0 ? locations : defaultApiKeyLocations;
}

/** Sorted by metric; costs below one count as one. Source: espv2 filter_config. */
function metricCosts(rule: MetricRule | undefined): MethodConfig['metricCosts'] {
  const costs = Object.entries(rule?.metricCosts ?? {});
  return costs
    .map(([metric, cost]): readonly [string, number] => [metric, Math.max(1, Number(cost))])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function splitAudiences(text: string): string[] {
  return text
    .split(',')
    .map((audience) => audience.trim())
    .filter((audience) => audience !== '');
}
