import { getHeader } from '../../protocol/http/headers.ts';
import type {
  ApiKeyState,
  CheckOutcome,
  CheckRequest,
  ServiceController,
} from '../../service-control/service-controller.ts';
import { isUndecided } from '../dialects/check-error-code.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { Stage, StageResult } from '../pipeline/stage.ts';
import type { MethodConfig } from '../routing/method-config.ts';

export interface CheckOptions {
  readonly dialect: Dialect;
  /** Undefined: the config names no Service Control, nothing is asked. */
  readonly controller: ServiceController | undefined;
  /** Told once per Check, with `allowed`, `allowed_fail_open`, the code of a denial, or `unavailable`. */
  readonly onCheck?: (outcome: string) => void;
}

/**
 * Asks Service Control about the caller's API key; synchronous when the answer is cached. Whether a request passes that
 * could not be decided is the controller's policy (`failedOpen`).
 */
export function createCheck(options: CheckOptions): Stage {
  return new CheckStage(options);
}

class CheckStage implements Stage {
  readonly name = 'check';
  readonly #options: CheckOptions;

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  run(exchange: Exchange): StageResult | Promise<StageResult> {
    const { route } = exchange;
    const { controller, dialect } = this.#options;
    if (controller === undefined || route === undefined || route.skipServiceControl) return undefined;
    if (exchange.apiKey === '') {
      if (route.allowUnregisteredCalls) return undefined;
      return dialect.missingApiKey(exchange);
    }
    if (route.allowUnregisteredCalls && !dialect.checksOptionalKeys) return undefined;
    const outcome = controller.check(checkRequest(exchange, route));
    return outcome instanceof Promise
      ? outcome.then((late) => this.#decide(exchange, late))
      : this.#decide(exchange, outcome);
  }

  #decide(exchange: Exchange, outcome: CheckOutcome): StageResult {
    const { dialect, onCheck } = this.#options;
    if (outcome.kind === 'allowed') {
      exchange.consumer = outcome.consumer;
      exchange.apiKeyState = outcome.failedOpen ? 'NOT_CHECKED' : 'VERIFIED';
      onCheck?.(outcome.failedOpen ? 'allowed_fail_open' : 'allowed');
      return undefined;
    }
    if (outcome.kind === 'denied') {
      exchange.consumer = outcome.consumer;
      exchange.apiKeyState = apiKeyStateOf(outcome.code);
    }
    onCheck?.(outcome.kind === 'denied' ? outcome.code : 'unavailable');
    return outcome.kind === 'denied'
      ? dialect.checkDenied(outcome, exchange)
      : dialect.checkUnavailable(outcome, exchange);
  }
}

function checkRequest(exchange: Exchange, route: MethodConfig): CheckRequest {
  const { headers } = exchange;
  return {
    operationName: route.selector,
    apiKey: exchange.apiKey,
    callerIp: exchange.clientAddress,
    referer: getHeader(headers, 'referer') ?? '',
    androidPackageName: getHeader(headers, 'x-android-package') ?? '',
    androidCertFingerprint: getHeader(headers, 'x-android-cert') ?? '',
    iosBundleId: getHeader(headers, 'x-ios-bundle-identifier') ?? '',
  };
}

/** What a denial says about the key itself. Source: espv2 request_builder.cc. */
function apiKeyStateOf(code: string): ApiKeyState {
  switch (code) {
    case 'API_KEY_INVALID':
    case 'API_KEY_EXPIRED':
    case 'API_KEY_NOT_FOUND':
      return 'INVALID';
    case 'SERVICE_NOT_ACTIVATED':
      return 'NOT_ENABLED';
    default:
      return isUndecided(code) ? 'NOT_CHECKED' : 'VERIFIED';
  }
}
