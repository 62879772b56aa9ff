// What one request costs between codec and upstream: gateway, all stages, forwarding, report, metrics; no sockets.
// node bench/micro/pipeline.ts [requests]
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../src/core/clock.ts';
import type { HeaderList } from '../../src/protocol/http/headers.ts';
import type {
  ConnectionInfo,
  RequestHead,
  ResponseHead,
  ServerStream,
  ServerStreamHandler,
} from '../../src/protocol/http/stream.ts';
import { createEspV1Dialect } from '../../src/proxy/dialects/esp-v1/dialect.ts';
import { createEspV2Dialect } from '../../src/proxy/dialects/esp-v2/dialect.ts';
import type { Dialect } from '../../src/proxy/dialects/dialect.ts';
import { createGateway } from '../../src/proxy/gateway.ts';
import { createGatewayMetrics } from '../../src/proxy/observe/gateway-metrics.ts';
import { anyConsumer } from '../../src/proxy/pipeline/testing/fake-controller.ts';
import { testCluster, testMethod, testSnapshot } from '../../src/proxy/pipeline/testing/test-config.ts';
import { testGatewayOptions } from '../../src/proxy/pipeline/testing/test-gateway.ts';
import type { UpstreamCluster } from '../../src/proxy/pipeline/upstream-cluster.ts';
import type { UpstreamCall, UpstreamHandler } from '../../src/proxy/upstream/upstream-request.ts';
import type { ServiceController } from '../../src/service-control/service-controller.ts';
import { silentLogger } from '../../src/telemetry/logger.ts';
import { MetricRegistry } from '../../src/telemetry/metrics.ts';

const requests = Number(process.argv[2] ?? 300_000);

const connection: ConnectionInfo = {
  remoteAddress: '127.0.0.1',
  remotePort: 1,
  localAddress: '127.0.0.1',
  localPort: 2,
  tls: undefined,
};

const noHandler: ServerStreamHandler = {
  onBody: () => undefined,
  onBodyEnd: () => undefined,
  onDrain: () => undefined,
  onAbort: () => undefined,
  onComplete: () => undefined,
};

/** A codec that drops what it is given. */
class NullStream implements ServerStream {
  readonly connection = connection;
  handler: ServerStreamHandler = noHandler;
  readonly request: RequestHead;
  constructor() {
    this.request = {
      method: 'GET',
      scheme: 'http',
      authority: 'api.example.com',
      target: '/echo?key=AIzaSyBenchmarkBenchmarkBenchmark',
      headers: [...requestHeaders],
      version: 'HTTP/1.1',
      bodyLength: 0,
      upgrade: undefined,
    };
  }
  pauseBody(): void {}
  resumeBody(): void {}
  sendInformational(): void {}
  sendHead(_head: ResponseHead, _end: boolean): void {}
  sendData(): boolean {
    return true;
  }
  sendEnd(): void {
    this.handler.onComplete();
  }
  abort(): void {}
  closeAfterResponse(): void {}
}

const requestHeaders: HeaderList = [
  'user-agent',
  'wrk/4.2.0',
  'accept',
  '*/*',
  'accept-encoding',
  'gzip',
  'x-client-version',
  '1.2.3',
  'cookie',
  'session=0123456789abcdef',
  'accept-language',
  'en',
  'x-request-id',
  '1b4e28ba-2fa1-11d2-883f-0016d3cca427',
];

const body = Buffer.from('hello');
let handler: UpstreamHandler;
const call: UpstreamCall = {
  attempts: 1,
  host: '127.0.0.1:9000',
  retryOutcome: 'none',
  requestEnded: true,
  sendData: () => true,
  sendEnd: () => undefined,
  pauseBody: () => undefined,
  resumeBody: () => undefined,
  abort: () => undefined,
};
const cluster: UpstreamCluster = {
  request(_head, given) {
    handler = given;
    return call;
  },
};

let reported = 0;
const allowed = { kind: 'allowed', consumer: anyConsumer, failedOpen: false } as const;
const controller: ServiceController = {
  check: () => allowed,
  allocateQuota: () => ({ kind: 'allowed' }),
  report: () => void reported++,
  close: () => Promise.resolve(),
};

function measure(dialect: Dialect): void {
  const metrics = createGatewayMetrics(new MetricRegistry());
  const gateway = createGateway(
    {
      dialect,
      clock: systemClock,
      logger: silentLogger,
      random: Math.random,
      createRequestId: randomUUID,
      observers: [metrics],
    },
    { ...testGatewayOptions, onCheck: metrics.countCheck.bind(metrics) },
  );
  gateway.serve([
    {
      snapshot: testSnapshot(testMethod({ allowUnregisteredCalls: false, metricCosts: [['m', 1]] })),
      controller,
      clusters: new Map([[testCluster, cluster]]),
      percent: 100,
      release: () => undefined,
    },
  ]);
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const stream = new NullStream();
      gateway.onRequest(stream);
      stream.handler.onBodyEnd(undefined);
      handler.onHead(
        { status: 200, headers: ['content-type', 'text/plain', 'content-language', 'en'], bodyLength: 5 },
        false,
      );
      handler.onBody(body);
      handler.onBodyEnd(undefined);
    }
  };
  run(requests / 10);
  const before = process.cpuUsage();
  const started = performance.now();
  run(requests);
  const { user, system } = process.cpuUsage(before);
  const microseconds = (performance.now() - started) * 1000;
  console.log(
    `${dialect.name}: ${(microseconds / requests).toFixed(2)} µs/request (cpu ${((user + system) / requests).toFixed(2)}), ` +
      `${reported} reported, ${loadAverage()}`,
  );
}

function loadAverage(): string {
  return `load ${readFileSync('/proc/loadavg', 'latin1').split(' ')[0]}`;
}

for (let round = 0; round < 3; round++) {
  measure(createEspV2Dialect());
  measure(createEspV1Dialect());
}
