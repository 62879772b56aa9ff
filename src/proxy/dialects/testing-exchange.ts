import { Exchange } from '../exchange.ts';
import { FakeServerStream } from '../pipeline/testing/fake-server-stream.ts';
import { anyConsumer } from '../pipeline/testing/fake-controller.ts';
import { testMethod, testSnapshot } from '../pipeline/testing/test-config.ts';
import type { CheckDenied } from './dialect.ts';

/** An exchange of `GET http://api.example.com/echo?a=1` at the service echo.example.com: for tests. */
export function anyExchange(): Exchange {
  const stream = new FakeServerStream({ target: '/echo?a=1', bodyLength: 5 });
  const exchange = new Exchange(stream, testSnapshot(testMethod()), 0, 0);
  exchange.route = testMethod();
  return exchange;
}

export function denied(code: string): CheckDenied {
  return { kind: 'denied', code, detail: 'not shown', consumer: anyConsumer };
}
