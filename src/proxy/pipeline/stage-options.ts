import type { Clock } from '../../core/clock.ts';
import type { ServiceController } from '../../service-control/service-controller.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { Exchange } from '../exchange.ts';
import type { PathOptions } from '../routing/normalize-path.ts';
import type { Stage } from './stage.ts';

/** All that the stages of one config need. Stages of other folders come ready made. */
export interface StageOptions {
  readonly dialect: Dialect;
  readonly clock: Clock;
  /** Undefined: the config names no Service Control. */
  readonly controller: ServiceController | undefined;
  /** A random UUID, version 4. */
  readonly createRequestId: () => string;
  /** `--generated_header_prefix`, default `X-Endpoint-`. */
  readonly headerPrefix: string;
  /** `--enable_operation_name_header`. */
  readonly addOperationName: boolean;
  /** `--suppress_envoy_headers=false`: the router's `x-envoy-` headers go both ways. Default false. */
  readonly sendRouterHeaders?: boolean;
  /**
   * Largest request body; 0 or absent: no limit. ESP v1 `--client_max_body_size`. Counts where the codec does not: over
   * HTTP/2.
   */
  readonly maxBodyBytes?: number;
  /** ESPv2 always; ESP v1 `--enable_websocket`. */
  readonly allowWebSocket: boolean;
  /** `--healthz`; undefined: no health path. */
  readonly healthPath: string | undefined;
  /** `--disable_normalize_path`, `--disable_merge_slashes_in_path`, `--disallow_escaped_slashes_in_path`. */
  readonly path: PathOptions;
  /** False while draining. */
  readonly isHealthy: () => boolean;
  /** `--cors_preset` is given. */
  readonly hasCorsPreset: boolean;

  /** The client's address by trusted hops, proxies or Forwarded. */
  readonly readClientAddress?: Stage | undefined;
  /** ESP v1 `--rewrite`. */
  readonly applyRewriteRules?: Stage | undefined;
  /** The CORS preset. */
  readonly answerCors?: Stage | undefined;
  /** `--add_response_headers`, `--append_response_headers`, `--enable_strict_transport_security`. */
  readonly decorateResponse?: Stage | undefined;
  /** `--add_request_headers`, `--append_request_headers`, after all headers of our own. */
  readonly changeRequestHeaders?: ((exchange: Exchange) => void) | undefined;
  /** Told the outcome of each Check and AllocateQuota, for the metrics. */
  readonly onCheck?: (outcome: string) => void;
  readonly onQuota?: (outcome: string) => void;
}
