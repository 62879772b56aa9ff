import { describe, it } from 'node:test';
import { fromBinary, toJson } from '@bufbuild/protobuf';
import { ManualClock } from '../core/manual-clock.ts';
import { AllocateQuotaRequestSchema } from '../gen/google/api/servicecontrol/v1/quota_controller_pb.ts';
import {
  CheckRequestSchema,
  ReportRequestSchema,
} from '../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { buildCheckRequest } from './check/check-request.ts';
import { createCounters } from './counters.ts';
import { espV1ServiceControl } from './dialects/esp-v1.ts';
import { espV2ServiceControl } from './dialects/esp-v2.ts';
import { buildQuotaRequest } from './quota/quota-request.ts';
import { defaultReportBatcherLimits, ReportBatcher } from './report/report-batcher.ts';
import type { ReportContext } from './report/report-dialect.ts';
import { planReport } from './report/report-plan.ts';
import { unknownOperation } from './report/report-texts.ts';
import type { ServiceControlDialect } from './service-control-dialect.ts';
import type { ReportRecord } from './service-controller.ts';
import { assertGolden } from './testing/golden.ts';
import { sampleRecord, sampleService } from './testing/sample-service.ts';

const isUpdate = process.env['UPDATE_GOLDEN'] === '1';
const dialects = [espV1ServiceControl, espV2ServiceControl];

function golden(name: string): URL {
  return new URL(`./testing/golden/${name}.json`, import.meta.url);
}

function contextOf(dialect: ServiceControlDialect): ReportContext {
  return {
    serviceName: 'bookstore.endpoints.example.cloud.goog',
    configId: '2026-01-01r0',
    producerProjectId: 'producer-project',
    location: 'test-zone',
    platform: '',
    userAgent: dialect.userAgent,
    serviceAgent: `${dialect.userAgent}/1.2.3`,
    traceProjectId: 'trace-project',
    reportsApiKeyUid: true,
    backendProtocol: '',
    logRequestHeaders: ['X-Tag', 'absent'],
    logResponseHeaders: [],
  };
}

/** The one report that the records make, as JSON. */
function reportOf(dialect: ServiceControlDialect, records: readonly ReportRecord[]): unknown {
  const bodies: Uint8Array[] = [];
  let ids = 0;
  const batcher = new ReportBatcher({
    limits: defaultReportBatcherLimits,
    clock: new ManualClock(),
    createId: () => `op-${++ids}`,
    emit: ({ body }) => bodies.push(body),
    counters: createCounters(),
  });
  const plan = planReport(sampleService(), dialect.report, contextOf(dialect));
  for (const record of records) batcher.add(plan, record);
  batcher.flush();
  return bodies.map((body) => toJson(ReportRequestSchema, fromBinary(ReportRequestSchema, body)));
}

const reports: Readonly<Record<string, readonly ReportRecord[]>> = {
  'verified-key': [
    sampleRecord({
      traceId: '0123456789abcdef0123456789abcdef',
      referer: 'https://example.com/',
      jwtPayloads: 'iss=me;',
    }),
  ],
  'key-uid-over-grpc-backend': [
    sampleRecord({
      consumer: {
        projectNumber: '123456',
        type: 'PROJECT',
        consumerNumber: '123456',
        apiKeyUid: 'apikey:uid-1',
      },
      backendProtocol: 'grpc',
    }),
  ],
  'three-merged': [
    sampleRecord(),
    sampleRecord({
      totalLatencyMs: 1,
      backendLatencyMs: -1,
      overheadLatencyMs: -1,
      endedAtMs: Date.UTC(2026, 0, 1) + 500,
    }),
    sampleRecord({ requestBytes: 0, responseBytes: 5_000 }),
  ],
  'invalid-key': [
    sampleRecord({
      apiKeyState: 'INVALID',
      consumer: undefined,
      httpStatus: 400,
      statusCode: 3,
      responseCodeDetails: 'service_control_check_error{API_KEY_INVALID}',
      errorCause: 'service_control',
      errorMessage: 'API key not valid. Please pass a valid API key.',
      backendProtocol: '',
      backendLatencyMs: -1,
      overheadLatencyMs: -1,
    }),
  ],
  'missing-key-with-jwt': [
    sampleRecord({
      apiKey: '',
      apiKeyState: 'NOT_CHECKED',
      consumer: undefined,
      authIssuer: 'auth-issuer',
      authAudience: 'auth-audience',
      httpStatus: 401,
      statusCode: 16,
      responseCodeDetails: 'service_control_bad_request{MISSING_API_KEY}',
      errorCause: 'service_control',
      errorMessage: 'Method does not allow unregistered callers',
    }),
  ],
  'failed-open': [
    sampleRecord({
      apiKeyState: 'NOT_CHECKED',
      consumer: { projectNumber: '', type: '', consumerNumber: '', apiKeyUid: '' },
    }),
  ],
  'grpc-backend-failure': [
    sampleRecord({ frontendProtocol: 'grpc', backendProtocol: 'grpc', grpcStatus: 'NOT_FOUND' }),
  ],
  'unknown-operation': [
    sampleRecord({
      operationName: unknownOperation,
      apiName: '',
      apiVersion: '',
      apiKey: '',
      apiKeyState: 'NOT_CHECKED',
      consumer: undefined,
      httpStatus: 404,
      url: '/nowhere',
      responseCodeDetails: 'direct_response',
      errorCause: 'service_control',
      errorMessage: 'Method does not exist.',
      backendProtocol: '',
      backendLatencyMs: -1,
      overheadLatencyMs: -1,
      statusCode: 5,
    }),
  ],
};

describe('requests to Service Control', () => {
  for (const dialect of dialects) {
    const caller = { ...contextOf(dialect) };

    it(`check of ${dialect.name} is the golden one`, () => {
      const message = buildCheckRequest(
        {
          operationName: 'example.Bookstore.ListShelves',
          apiKey: 'key-1',
          callerIp: '203.0.113.7',
          referer: 'https://example.com/',
          androidPackageName: 'com.example',
          androidCertFingerprint: 'AABB',
          iosBundleId: 'com.example.ios',
        },
        caller,
        { configId: '2026-01-01r0', operationId: 'op-1', nowMs: Date.UTC(2026, 0, 1) },
      );
      assertGolden(golden(`${dialect.name}-check`), toJson(CheckRequestSchema, message), isUpdate);
    });

    it(`allocateQuota of ${dialect.name} is the golden one`, () => {
      const message = buildQuotaRequest(
        {
          operationName: 'example.Bookstore.ListShelves',
          apiKey: '',
          metricCosts: [],
          callerIp: '203.0.113.7',
          referer: 'https://example.com/',
        },
        { ...caller, carriesReferer: dialect.quotaCarriesReferer },
        {
          configId: '2026-01-01r0',
          operationId: 'op-1',
          costs: new Map([['reads', 2]]),
          mode: 'BEST_EFFORT',
        },
      );
      assertGolden(golden(`${dialect.name}-quota`), toJson(AllocateQuotaRequestSchema, message), isUpdate);
    });

    for (const [name, records] of Object.entries(reports))
      it(`report of ${dialect.name}, ${name}, is the golden one`, () => {
        assertGolden(golden(`${dialect.name}-report-${name}`), reportOf(dialect, records), isUpdate);
      });
  }
});
