import { RpcCode } from '../../core/status.ts';
import { setHeader } from '../../protocol/http/headers.ts';
import type { Exchange } from '../exchange.ts';
import { createLocalReply } from '../local-reply.ts';
import { clientTarget } from '../pipeline/client-target.ts';
import type { Stage } from '../pipeline/stage.ts';
import type { RewriteRule } from '../routing/rewrite-rules.ts';
import { applyRewriteRules } from '../routing/rewrite-rules.ts';
import { appendForwardedFor, isInternalRequest, resolveClientAddress } from './client-address.ts';
import type { ClientAddressPolicy } from './client-address.ts';
import type { CorsPolicy } from './cors-policy.ts';
import { applyHeaderOperations } from './header-operations.ts';
import type { HeaderOperation } from './header-operations.ts';
import { ExchangeRecord } from './log-format/exchange-record.ts';
import type { ProcessFacts } from './log-format/exchange-record.ts';

/** `StageOptions.readClientAddress`: the client's address, and what Envoy tells about it in headers. */
export function createReadClientAddress(policy: ClientAddressPolicy): Stage {
  return {
    name: 'read-client-address',
    run(exchange) {
      const { headers, stream } = exchange;
      exchange.clientAddress = resolveClientAddress(policy, headers, stream.connection.remoteAddress);
      if (policy.kind === 'trusted-hops') describeClient(exchange, policy);
      return undefined;
    },
  };
}

/** ESP v1 `--rewrite`: changes path and query before the route is looked up. Undefined without rules. */
export function createApplyRewriteRules(rules: readonly RewriteRule[]): Stage | undefined {
  if (rules.length === 0) return undefined;
  return {
    name: 'apply-rewrite-rules',
    run(exchange) {
      const target = clientTarget(exchange);
      const rewritten = applyRewriteRules(rules, target);
      if (rewritten !== target) setTarget(exchange, rewritten);
      return undefined;
    },
  };
}

/** `StageOptions.answerCors`: answers preflights, decorates the responses of routed requests. */
export function createAnswerCors(policy: CorsPolicy): Stage {
  return {
    name: 'answer-cors',
    run({ method, headers }) {
      if (!policy.isPreflight(method, headers)) return undefined;
      return createLocalReply({
        httpStatus: policy.preflightStatus,
        rpcCode: RpcCode.OK,
        message: '',
        responseCodeDetails: 'cors_response',
        headers: policy.preflightHeaders(policy.allowedOrigin(headers) ?? ''),
        body: '',
      });
    },
    onResponse(exchange, head) {
      // Without a route the reply is Envoy's direct response, which has no CORS behaviour.
      if (exchange.route === undefined) return;
      const origin = policy.allowedOrigin(exchange.headers);
      if (origin !== undefined) policy.decorate(head.headers, origin);
    },
  };
}

/** `StageOptions.decorateResponse`: response header flags, and HSTS on routes to backends. */
export function createDecorateResponse(options: {
  readonly operations: readonly HeaderOperation[];
  /** `--enable_strict_transport_security`. */
  readonly strictTransportSecurity: boolean;
  readonly facts: ProcessFacts;
}): Stage {
  const { operations, strictTransportSecurity, facts } = options;
  return {
    name: 'decorate-response',
    run: () => undefined,
    onResponse(exchange, head) {
      if (strictTransportSecurity && exchange.route !== undefined)
        setHeader(head.headers, 'strict-transport-security', 'max-age=31536000; includeSubdomains');
      if (operations.length === 0) return;
      applyHeaderOperations(head.headers, operations, new ExchangeRecord(exchange, facts, head));
    },
  };
}

/** `StageOptions.changeRequestHeaders`: request header flags. */
export function createRequestHeaderChange(
  operations: readonly HeaderOperation[],
  facts: ProcessFacts,
): ((exchange: Exchange) => void) | undefined {
  if (operations.length === 0) return undefined;
  return (exchange) =>
    applyHeaderOperations(exchange.headers, operations, new ExchangeRecord(exchange, facts));
}

function describeClient(
  exchange: Exchange,
  policy: Extract<ClientAddressPolicy, { kind: 'trusted-hops' }>,
): void {
  const { headers, stream, clientAddress } = exchange;
  const isInternal = isInternalRequest(policy, headers, clientAddress);
  if (isInternal) setHeader(headers, 'x-envoy-internal', 'true');
  if (!policy.useRemoteAddress) return;
  if (policy.hops === 0) setHeader(headers, 'x-forwarded-proto', stream.request.scheme);
  if (!isInternal) setHeader(headers, 'x-envoy-external-address', clientAddress);
  appendForwardedFor(headers, stream.connection);
}

function setTarget(exchange: Exchange, target: string): void {
  const mark = target.indexOf('?');
  exchange.path = mark < 0 ? target : target.slice(0, mark);
  exchange.query = mark < 0 ? undefined : target.slice(mark + 1);
}
