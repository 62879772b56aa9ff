import { ManualClock } from '../../../core/manual-clock.ts';
import type { RequestHead } from '../../../protocol/http/stream.ts';
import { silentLogger } from '../../../telemetry/logger.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { createEspV2Dialect } from '../../dialects/esp-v2/dialect.ts';
import type { Exchange } from '../../exchange.ts';
import { createGateway } from '../../gateway.ts';
import type { Gateway, GatewayOptions } from '../../gateway.ts';
import { defaultPathOptions } from '../../routing/normalize-path.ts';
import type { ExchangeObserver } from '../../observe/exchange-observer.ts';
import type { MethodConfig } from '../../routing/method-config.ts';
import { FakeCluster } from './fake-cluster.ts';
import { FakeController } from './fake-controller.ts';
import { FakeServerStream } from './fake-server-stream.ts';
import { testCluster, testMethod, testSnapshot } from './test-config.ts';

export interface TestGatewayOptions {
  readonly dialect?: Dialect;
  readonly method?: Partial<MethodConfig>;
  readonly options?: Partial<GatewayOptions>;
  readonly observers?: readonly ExchangeObserver[];
  /** Nothing is served. */
  readonly isEmpty?: boolean;
}

/** A gateway over fakes, with one operation at `/echo`. */
export interface TestGateway {
  readonly gateway: Gateway;
  readonly clock: ManualClock;
  readonly cluster: FakeCluster;
  readonly controller: FakeController;
  /** Finished exchanges, in order. */
  readonly ended: Exchange[];
  /** Sends a request without a body, or one whose body the test sends itself (`bodyLength` other than 0). */
  send(request?: Partial<RequestHead>): FakeServerStream;
}

export const testGatewayOptions: GatewayOptions = {
  headerPrefix: 'X-Endpoint-',
  addOperationName: false,
  allowWebSocket: true,
  healthPath: undefined,
  hasCorsPreset: false,
  path: defaultPathOptions,
};

export function createTestGateway(test: TestGatewayOptions = {}): TestGateway {
  const clock = new ManualClock();
  const cluster = new FakeCluster();
  const controller = new FakeController();
  const ended: Exchange[] = [];
  const gateway = createGateway(
    {
      dialect: test.dialect ?? createEspV2Dialect(),
      clock,
      logger: silentLogger,
      random: () => 0,
      createRequestId: () => 'request-1',
      observers: [{ onExchangeEnd: (exchange) => ended.push(exchange) }, ...(test.observers ?? [])],
    },
    { ...testGatewayOptions, ...test.options },
  );
  if (test.isEmpty !== true)
    gateway.serve([
      {
        snapshot: testSnapshot(testMethod(test.method)),
        controller,
        clusters: new Map([[testCluster, cluster]]),
        percent: 100,
        release: () => undefined,
      },
    ]);
  return {
    gateway,
    clock,
    cluster,
    controller,
    ended,
    send(request) {
      const stream = new FakeServerStream({ target: '/echo', ...request });
      gateway.onRequest(stream);
      if (stream.request.bodyLength === 0) stream.end();
      return stream;
    },
  };
}
