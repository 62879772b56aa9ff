import type {
  Counter,
  CounterSeries,
  Gauge,
  Histogram,
  HistogramSeries,
  MetricRegistry,
} from '../../telemetry/metrics.ts';
import type { Exchange } from '../exchange.ts';
import type { MethodConfig } from '../routing/method-config.ts';
import { unknownOperation } from './build-report.ts';
import type { ExchangeObserver } from './exchange-observer.ts';

/** What the data path counts. */
export interface GatewayMetrics extends ExchangeObserver {
  /** For {@link GatewayOptions.onCheck}. */
  countCheck(outcome: string): void;
  /** For {@link GatewayOptions.onQuota}. */
  countQuota(outcome: string): void;
}

/** Seconds; Prometheus' defaults with finer ones where a proxy lives. */
const durationBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** Operations with series of their own; the label `other` has the rest. */
const maxOperations = 500;
const classes = ['0xx', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** Registers the metrics of the data path. Labels are bounded: operations, status classes, and codes of our own. */
export function createGatewayMetrics(registry: MetricRegistry): GatewayMetrics {
  return new RegisteredGatewayMetrics(registry);
}

/** The series of one operation, found once per operation and not per request. */
interface OperationSeries {
  readonly byClass: readonly CounterSeries[];
  readonly duration: HistogramSeries;
}

class RegisteredGatewayMetrics implements GatewayMetrics {
  readonly #requests: Counter<readonly ['operation', 'code_class']>;
  readonly #durations: Histogram<readonly ['operation']>;
  readonly #backendDurations: HistogramSeries;
  readonly #inFlight: ReturnType<Gauge<readonly []>['series']>;
  readonly #received: CounterSeries;
  readonly #sent: CounterSeries;
  readonly #replies: Counter<readonly ['reason']>;
  readonly #retries: CounterSeries;
  readonly #checks: Counter<readonly ['outcome']>;
  readonly #quotas: Counter<readonly ['outcome']>;
  readonly #operations = new WeakMap<MethodConfig, OperationSeries>();
  readonly #unknown: OperationSeries;

  constructor(registry: MetricRegistry) {
    this.#requests = registry.counter({
      name: 'gatehouse_requests_total',
      help: 'Finished requests by operation and class of the response status; 0xx: no response.',
      labels: ['operation', 'code_class'],
      maxSeries: maxOperations * classes.length,
    });
    this.#durations = registry.histogram(
      {
        name: 'gatehouse_request_duration_seconds',
        help: 'Time from the head of a request to the end of its response.',
        labels: ['operation'],
        maxSeries: maxOperations,
      },
      durationBounds,
    );
    this.#backendDurations = registry
      .histogram(
        {
          name: 'gatehouse_backend_duration_seconds',
          help: 'Time from forwarding a request to the end of the backend response, retries included.',
          labels: [],
        },
        durationBounds,
      )
      .series();
    this.#inFlight = registry
      .gauge({ name: 'gatehouse_requests_in_flight', help: 'Requests being served.', labels: [] })
      .series();
    this.#received = this.#plainCounter(registry, 'request_body_bytes', 'Bytes of request bodies.');
    this.#sent = this.#plainCounter(registry, 'response_body_bytes', 'Bytes of response bodies.');
    this.#retries = this.#plainCounter(registry, 'backend_retries', 'Tries after the first.');
    this.#replies = registry.counter({
      name: 'gatehouse_local_replies_total',
      help: 'Responses that the proxy made itself, by response code details.',
      labels: ['reason'],
      maxSeries: 100,
    });
    this.#checks = outcomes(registry, 'checks', 'Check decisions.');
    this.#quotas = outcomes(registry, 'quota_allocations', 'AllocateQuota decisions.');
    this.#unknown = this.#createOperation(unknownOperation);
  }

  countCheck(outcome: string): void {
    this.#checks.series(outcome).add();
  }

  countQuota(outcome: string): void {
    this.#quotas.series(outcome).add();
  }

  onExchangeStart(): void {
    this.#inFlight.add(1);
  }

  onExchangeEnd(exchange: Exchange): void {
    this.#inFlight.add(-1);
    const operation = this.#operation(exchange.route);
    const statusClass = Math.floor(exchange.responseStatus / 100);
    operation.byClass[Math.min(statusClass, classes.length - 1)]?.add();
    operation.duration.observe((exchange.endedMs - exchange.startedMonotonicMs) / msPerSecond);
    this.#received.add(exchange.requestBytes);
    this.#sent.add(exchange.responseBytes);
    if (exchange.attempts > 1) this.#retries.add(exchange.attempts - 1);
    if (exchange.localReply !== undefined)
      this.#replies.series(withoutTexts(exchange.localReply.responseCodeDetails)).add();
    if (exchange.upstreamStartedMs < 0 || exchange.upstreamEndedMs < 0) return;
    this.#backendDurations.observe((exchange.upstreamEndedMs - exchange.upstreamStartedMs) / msPerSecond);
  }

  #operation(route: MethodConfig | undefined): OperationSeries {
    if (route === undefined) return this.#unknown;
    const known = this.#operations.get(route);
    if (known !== undefined) return known;
    const created = this.#createOperation(route.selector);
    this.#operations.set(route, created);
    return created;
  }

  #createOperation(name: string): OperationSeries {
    return {
      byClass: classes.map((codeClass) => this.#requests.series(name, codeClass)),
      duration: this.#durations.series(name),
    };
  }

  #plainCounter(registry: MetricRegistry, name: string, help: string): CounterSeries {
    return registry.counter({ name: `gatehouse_${name}_total`, help, labels: [] }).series();
  }
}

const msPerSecond = 1000;

function outcomes(registry: MetricRegistry, name: string, help: string): Counter<readonly ['outcome']> {
  return registry.counter({ name: `gatehouse_${name}_total`, help, labels: ['outcome'], maxSeries: 50 });
}

/** What a transport said is not a label: it has addresses and numbers in it. */
function withoutTexts(details: string): string {
  const bar = details.indexOf('|');
  return bar < 0 ? details : `${details.slice(0, bar)}}`;
}
