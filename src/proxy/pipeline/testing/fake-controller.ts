import type {
  CheckOutcome,
  CheckRequest,
  ConsumerInfo,
  QuotaOutcome,
  QuotaRequest,
  ReportRecord,
  ServiceController,
} from '../../../service-control/service-controller.ts';

export const anyConsumer: ConsumerInfo = {
  projectNumber: '123456',
  type: 'PROJECT',
  consumerNumber: '123456',
  apiKeyUid: 'apikey:uid',
};

/** A Service Control for tests: allows everything until told otherwise and remembers what it was asked. */
export class FakeController implements ServiceController {
  readonly checks: CheckRequest[] = [];
  readonly quotas: QuotaRequest[] = [];
  readonly reports: ReportRecord[] = [];
  checkOutcome: CheckOutcome | Promise<CheckOutcome> = {
    kind: 'allowed',
    consumer: anyConsumer,
    failedOpen: false,
  };
  quotaOutcome: QuotaOutcome | Promise<QuotaOutcome> = { kind: 'allowed' };

  check(request: CheckRequest): CheckOutcome | Promise<CheckOutcome> {
    this.checks.push(request);
    return this.checkOutcome;
  }

  allocateQuota(request: QuotaRequest): QuotaOutcome | Promise<QuotaOutcome> {
    this.quotas.push(request);
    return this.quotaOutcome;
  }

  report(record: ReportRecord): void {
    this.reports.push(record);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
