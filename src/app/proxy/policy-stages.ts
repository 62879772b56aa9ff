import { ConfigError } from '../../core/errors.ts';
import type { Exchange } from '../../proxy/exchange.ts';
import { type ClientAddressPolicy, parseTrustedProxies } from '../../proxy/policies/client-address.ts';
import {
  compileCorsPolicy,
  type CorsPolicy,
  espV1CorsStyle,
  espV2CorsStyle,
} from '../../proxy/policies/cors-policy.ts';
import { compileHeaderOperations, type HeaderOperation } from '../../proxy/policies/header-operations.ts';
import type { ProcessFacts } from '../../proxy/policies/log-format/exchange-record.ts';
import {
  createAnswerCors,
  createApplyRewriteRules,
  createDecorateResponse,
  createReadClientAddress,
  createRequestHeaderChange,
} from '../../proxy/policies/policy-stages.ts';
import type { GatewayOptions } from '../../proxy/gateway.ts';
import { compileRewriteRule, type RewriteRule } from '../../proxy/routing/rewrite-rules.ts';
import type { ClientAddressSettings, ProxySettings } from './settings/proxy-settings.ts';

type PolicyStages = Pick<
  GatewayOptions,
  | 'readClientAddress'
  | 'applyRewriteRules'
  | 'answerCors'
  | 'decorateResponse'
  | 'changeRequestHeaders'
  | 'hasCorsPreset'
>;

/** Compiles what the header, CORS, address and rewrite flags ask for. Throws ConfigError naming the flag. */
export function createPolicyStages(settings: ProxySettings, facts: ProcessFacts): PolicyStages {
  const { policies } = settings;
  const responseOperations = toHeaderOperations('response', policies.responseHeaders);
  const requestOperations = toHeaderOperations('request', policies.requestHeaders);
  const cors = toCorsPolicy(settings);
  return {
    readClientAddress: createReadClientAddress(toClientAddressPolicy(policies.clientAddress)),
    applyRewriteRules: createApplyRewriteRules(policies.rewriteRules.map(toRewriteRule)),
    answerCors: cors === undefined ? undefined : createAnswerCors(cors),
    hasCorsPreset: cors !== undefined,
    decorateResponse:
      responseOperations.length === 0 && !policies.strictTransportSecurity
        ? undefined
        : createDecorateResponse({
            operations: responseOperations,
            strictTransportSecurity: policies.strictTransportSecurity,
            facts,
          }),
    changeRequestHeaders: withBackendHost(
      createRequestHeaderChange(requestOperations, facts),
      policies.backendHost,
    ),
  };
}

function toClientAddressPolicy(settings: ClientAddressSettings): ClientAddressPolicy {
  if (settings.kind === 'trusted-hops') return settings;
  const result = parseTrustedProxies(settings.proxies);
  if (result.kind === 'error')
    throw new ConfigError(
      '--xff_trusted_proxy_list',
      result.problem,
      'write networks such as 10.0.0.0/8, with commas',
    );
  return { ...settings, proxies: result.proxies };
}

function toRewriteRule(text: string): RewriteRule {
  const result = compileRewriteRule(text);
  if (result.kind === 'error')
    throw new ConfigError('--rewrite', result.problem, 'write "PATTERN REPLACEMENT"');
  return result.rule;
}

function toCorsPolicy(settings: ProxySettings): CorsPolicy | undefined {
  const { cors } = settings.policies;
  if (cors === undefined) return undefined;
  const result = compileCorsPolicy(cors, settings.runtimeVersion === '2' ? espV2CorsStyle : espV1CorsStyle);
  if (result.kind === 'error') throw new ConfigError('--cors_preset', result.problem);
  return result.policy;
}

function toHeaderOperations(
  direction: 'request' | 'response',
  items: { readonly add: string; readonly append: string },
): readonly HeaderOperation[] {
  const result = compileHeaderOperations(items);
  if (result.kind === 'error') throw new ConfigError(`--add_${direction}_header`, result.problem);
  return result.operations;
}

function withBackendHost(
  change: ((exchange: Exchange) => void) | undefined,
  host: string | undefined,
): ((exchange: Exchange) => void) | undefined {
  if (host === undefined) return change;
  return (exchange) => {
    exchange.authority = host;
    change?.(exchange);
  };
}
