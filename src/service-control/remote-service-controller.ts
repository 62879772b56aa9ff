import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import type { Service } from '../gen/google/api/service_pb.ts';
import { silentLogger, type Logger } from '../telemetry/logger.ts';
import { CheckCache, type CheckAnswer } from './check/check-cache.ts';
import { toCheckOutcome, unknownConsumer } from './check/check-outcome.ts';
import { buildCheckRequest } from './check/check-request.ts';
import { createCounters, type ServiceControlCounters } from './counters.ts';
import { QuotaCache } from './quota/quota-cache.ts';
import {
  buildQuotaRequest,
  quotaAllowed,
  quotaConsumer,
  toQuotaOutcome,
  type QuotaCosts,
  type QuotaMode,
} from './quota/quota-request.ts';
import { defaultReportBatcherLimits, ReportBatcher } from './report/report-batcher.ts';
import type { ReportContext } from './report/report-dialect.ts';
import { planReport, type ReportPlan } from './report/report-plan.ts';
import { defaultReportQueueLimits, ReportQueue, type SendResult } from './report/report-queue.ts';
import type { PackedReport } from './report/report-request.ts';
import { createRolloutProbe, type RolloutProbe } from './rollout/rollout-probe.ts';
import type { RemoteServiceControllerDeps, RemoteServiceControllerOptions } from './remote-options.ts';
import type { CallFailure, ServiceControlCall, ServiceControlDialect } from './service-control-dialect.ts';
import type {
  CheckOutcome,
  CheckRequest,
  QuotaOutcome,
  QuotaRequest,
  ReportRecord,
  ServiceController,
} from './service-controller.ts';
import { createHttpClient, type HttpClient } from './transport/http-client.ts';
import {
  createServiceControlApi,
  failure,
  type ApiResult,
  type ServiceControlApi,
} from './transport/service-control-api.ts';

export type { RemoteServiceControllerDeps, RemoteServiceControllerOptions } from './remote-options.ts';

/** Service Control over HTTP. */
export interface RemoteServiceController extends ServiceController {
  readonly counters: Readonly<ServiceControlCounters>;
  /**
   * The same controller, caches and queues, speaking for another config of the same service: what a snapshot holds.
   * Closing it does nothing; the one that was created owns everything.
   */
  forConfig(service: Service): ServiceController;
  /** Sends what reports there are, without waiting. */
  flush(): void;
}

const defaultCloseTimeoutMs = 5000;

/** A controller with caches and batches for one service. Source: espv2 client_cache.cc, esp aggregated.cc. */
export function createRemoteServiceController(
  options: RemoteServiceControllerOptions,
  deps: RemoteServiceControllerDeps,
): RemoteServiceController {
  return new RemoteController(options, deps);
}

class RemoteController implements RemoteServiceController {
  readonly counters: ServiceControlCounters = createCounters();
  readonly #options: RemoteServiceControllerOptions;
  readonly #dialect: ServiceControlDialect;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #createId: () => string;
  readonly #onRolloutId: (rolloutId: string) => void;
  readonly #http: HttpClient;
  readonly #api: ServiceControlApi;
  readonly #checks: CheckCache;
  readonly #quotas: QuotaCache;
  readonly #batcher: ReportBatcher;
  readonly #queue: ReportQueue;
  readonly #probe: RolloutProbe;
  readonly #root: ServiceController;
  readonly #overloaded: CheckOutcome;
  #closing: Promise<void> | undefined;

  constructor(options: RemoteServiceControllerOptions, deps: RemoteServiceControllerDeps) {
    const { dialect } = options;
    this.#options = options;
    this.#dialect = dialect;
    this.#clock = deps.clock ?? systemClock;
    this.#logger = deps.logger ?? silentLogger;
    this.#createId = deps.createId ?? randomUUID;
    this.#onRolloutId = deps.onRolloutId ?? (() => undefined);
    this.#http = createHttpClient(this.#clock, options.http);
    const api = { url: options.url, serviceName: options.service.name, dialect };
    this.#api = createServiceControlApi(
      options.calls === undefined ? api : { ...api, calls: options.calls },
      this.#http,
      deps.tokens,
    );
    this.#checks = new CheckCache({ ...dialect.checkCache, ...options.checkCache }, this.#clock);
    this.#quotas = new QuotaCache(
      { ...dialect.quotaCache, ...options.quotaCache },
      dialect.quotaRecheck,
      this.#clock,
    );
    this.#queue = new ReportQueue({
      limits: defaultReportQueueLimits,
      clock: this.#clock,
      send: (report, signal) => this.#sendReport(report, signal),
      counters: this.counters,
      logger: this.#logger,
    });
    this.#batcher = new ReportBatcher({
      limits: defaultReportBatcherLimits,
      clock: this.#clock,
      createId: this.#createId,
      emit: (report) => this.#queue.push(report),
      counters: this.counters,
    });
    this.#overloaded = this.#unavailable(failure(dialect, 'overload', 0));
    this.#root = this.forConfig(options.service);
    this.#probe = createRolloutProbe(options.rolloutProbeIntervalMs ?? 0, this.#clock, (signal) =>
      this.#askRollout(signal),
    );
  }

  check(request: CheckRequest): CheckOutcome | Promise<CheckOutcome> {
    return this.#root.check(request);
  }

  allocateQuota(request: QuotaRequest): QuotaOutcome | Promise<QuotaOutcome> {
    return this.#root.allocateQuota(request);
  }

  report(record: ReportRecord): void {
    this.#root.report(record);
  }

  forConfig(service: Service): ServiceController {
    const configId = service.id;
    const context = this.#reportContext(service);
    const plan = planReport(service, this.#dialect.report, context);
    const askCheck = (request: CheckRequest, isRefresh: boolean): Promise<CheckAnswer> =>
      this.#askCheck(configId, request, isRefresh);
    const askQuota = (request: QuotaRequest, costs: QuotaCosts, mode: QuotaMode): Promise<QuotaOutcome> =>
      this.#askQuota(context, request, { costs, mode });
    return {
      check: (request) => {
        this.counters.totalCalledChecks++;
        return this.#checks.check(request, askCheck, this.#overloaded);
      },
      allocateQuota: (request) => {
        this.counters.totalCalledQuotas++;
        if (request.metricCosts.length === 0) return quotaAllowed;
        return this.#quotas.allocate(request, quotaConsumer(request, context.producerProjectId), askQuota);
      },
      report: (record) => this.#report(plan, record),
      close: () => Promise.resolve(),
    };
  }

  flush(): void {
    this.#batcher.flush();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#probe.close();
    this.#quotas.clear();
    this.#checks.clear();
    this.#batcher.flush();
    await this.#queue.close(this.#options.closeTimeoutMs ?? defaultCloseTimeoutMs);
    await this.#http.close();
  }

  #report(plan: ReportPlan, record: ReportRecord): void {
    this.counters.totalCalledReports++;
    if (this.#closing === undefined) this.#batcher.add(plan, record);
    else this.counters.droppedReports++;
  }

  async #askCheck(configId: string, request: CheckRequest, isRefresh: boolean): Promise<CheckAnswer> {
    if (isRefresh) this.counters.sendChecksByFlush++;
    else this.counters.sendChecksInFlight++;
    const operationId = this.#createId();
    const call = { configId, operationId, nowMs: this.#clock.nowMs() };
    const result = await this.#api.check(buildCheckRequest(request, this.#caller(), call));
    if (result.kind !== 'ok') {
      this.counters.failedChecks++;
      this.#logFailure('check', result);
      return { outcome: this.#unavailable(result), isStorable: false };
    }
    this.#noteRollout(result.message.serviceRolloutId);
    return { outcome: toCheckOutcome(result.message, this.#dialect, this.#isFailOpen), isStorable: true };
  }

  async #askQuota(
    context: ReportContext,
    request: QuotaRequest,
    call: { readonly costs: QuotaCosts; readonly mode: QuotaMode },
  ): Promise<QuotaOutcome> {
    this.counters.sendQuotas++;
    const caller = {
      ...this.#caller(),
      producerProjectId: context.producerProjectId,
      carriesReferer: this.#dialect.quotaCarriesReferer,
    };
    const message = buildQuotaRequest(request, caller, {
      ...call,
      configId: context.configId,
      operationId: this.#createId(),
    });
    const result = await this.#api.allocateQuota(message);
    if (result.kind === 'ok') return toQuotaOutcome(result.message);
    this.counters.failedQuotas++;
    this.#logFailure('allocateQuota', result);
    return quotaAllowed;
  }

  async #sendReport(report: PackedReport, signal: AbortSignal): Promise<SendResult> {
    this.counters.sendReportsByFlush++;
    this.counters.sendReportsInFlight++;
    this.counters.sendReportOperations += report.operations;
    const result = await this.#api.report(report.body, signal);
    this.counters.sendReportsInFlight--;
    if (result.kind === 'ok') {
      this.#noteRollout(result.message.serviceRolloutId);
      const [first] = result.message.reportErrors;
      if (first !== undefined)
        this.#logger.warn(
          { count: result.message.reportErrors.length, problem: first.status?.message ?? '' },
          'operations refused by service control',
        );
      return 'sent';
    }
    this.counters.failedReports++;
    this.#logFailure('report', result);
    const isFinal = result.reason === 'status' && result.httpStatus >= 400 && result.httpStatus < 500;
    return isFinal && result.httpStatus !== tooManyRequests ? 'refused' : 'retryLater';
  }

  async #askRollout(signal: AbortSignal): Promise<void> {
    const result: ApiResult<{ readonly serviceRolloutId: string }> = await this.#api.report(
      emptyBody,
      signal,
    );
    if (result.kind === 'ok') this.#noteRollout(result.message.serviceRolloutId);
    else if (!signal.aborted) this.#logFailure('report', result);
  }

  get #isFailOpen(): boolean {
    return this.#options.isNetworkFailOpen ?? true;
  }

  #unavailable(result: CallFailure): CheckOutcome {
    if (!this.#isFailOpen || !this.#dialect.failsOpen(result)) return result;
    return { kind: 'allowed', consumer: unknownConsumer, failedOpen: true };
  }

  #noteRollout(rolloutId: string): void {
    if (rolloutId !== '') this.#onRolloutId(rolloutId);
  }

  #logFailure(call: ServiceControlCall, result: CallFailure): void {
    const { reason, httpStatus } = result;
    this.#logger.warn({ call, reason, httpStatus }, 'service control call failed');
  }

  #caller(): { serviceName: string; userAgent: string; serviceAgent: string } {
    const { userAgent } = this.#dialect;
    const version = this.#options.agentVersion ?? this.#dialect.agentVersion;
    return { serviceName: this.#options.service.name, userAgent, serviceAgent: `${userAgent}/${version}` };
  }

  #reportContext(service: Service): ReportContext {
    const options = this.#options;
    return {
      ...this.#caller(),
      configId: service.id,
      producerProjectId: service.producerProjectId,
      location: options.location ?? '',
      platform: options.platform ?? '',
      traceProjectId: options.traceProjectId ?? '',
      reportsApiKeyUid: options.reportsApiKeyUid ?? true,
      backendProtocol: options.backendProtocol?.(service) ?? '',
      logRequestHeaders: options.logRequestHeaders ?? [],
      logResponseHeaders: options.logResponseHeaders ?? [],
    };
  }
}

const tooManyRequests = 429;
/** Source: espv2 config manager sends the probe without a body. */
const emptyBody = new Uint8Array(0);
