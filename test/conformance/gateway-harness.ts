import assert from 'node:assert/strict';
import { ManualClock } from '../../src/core/manual-clock.ts';
import type { Service } from '../../src/gen/google/api/service_pb.ts';
import { createEspV2Dialect } from '../../src/proxy/dialects/esp-v2/dialect.ts';
import type { Exchange } from '../../src/proxy/exchange.ts';
import { createGateway } from '../../src/proxy/gateway.ts';
import { FakeCluster } from '../../src/proxy/pipeline/testing/fake-cluster.ts';
import { FakeController } from '../../src/proxy/pipeline/testing/fake-controller.ts';
import { FakeServerStream } from '../../src/proxy/pipeline/testing/fake-server-stream.ts';
import { corsFlagDefaults } from '../../src/proxy/policies/cors-flags.fixture.ts';
import { compileCorsPolicy, espV2CorsStyle } from '../../src/proxy/policies/cors-policy.ts';
import type { CorsFlags } from '../../src/proxy/policies/cors-policy.ts';
import { compileHeaderOperations } from '../../src/proxy/policies/header-operations.ts';
import {
  createAnswerCors,
  createDecorateResponse,
  createRequestHeaderChange,
} from '../../src/proxy/policies/policy-stages.ts';
import { compileSnapshot } from '../../src/proxy/routing/compile-snapshot.ts';
import { defaultPathOptions } from '../../src/proxy/routing/normalize-path.ts';
import type { PathOptions } from '../../src/proxy/routing/normalize-path.ts';
import { espV2SnapshotOptions } from '../../src/proxy/routing/snapshot-options.ts';

/** What a case may set. */
export interface HarnessFlags {
  readonly path?: Partial<PathOptions>;
  readonly cors?: Partial<CorsFlags>;
  readonly addRequestHeaders?: string;
  readonly appendRequestHeaders?: string;
  readonly addResponseHeaders?: string;
  readonly appendResponseHeaders?: string;
  readonly headerPrefix?: string;
  readonly addOperationName?: boolean;
  readonly strictTransportSecurity?: boolean;
  readonly healthPath?: string;
}

/** A gateway of ESPv2's dialect over a backend that the case plays. */
export interface Harness {
  readonly backend: FakeCluster;
  readonly controller: FakeController;
  readonly ended: readonly Exchange[];
  /** Sends a request without body; what has been answered so far is in the stream. */
  send(request: { method: string; target: string; headers?: readonly string[] }): FakeServerStream;
}

const facts = { hostname: 'host-1', environment: (): undefined => undefined };

/** Serves a config; it must compile. */
export function createHarness(service: Service, flags: HarnessFlags = {}): Harness {
  const result = compileSnapshot(service, { ...espV2SnapshotOptions, healthPath: flags.healthPath });
  assert.ok(result.snapshot !== undefined, JSON.stringify(result.diagnostics));
  const { snapshot } = result;
  const backend = new FakeCluster();
  const controller = new FakeController();
  const ended: Exchange[] = [];
  const headerPrefix = flags.headerPrefix ?? 'X-Endpoint-';
  const gateway = createGateway(
    {
      dialect: createEspV2Dialect({ headerPrefix }),
      clock: new ManualClock(),
      logger: { level: 'error', debug: fail, info: fail, warn: fail, error: fail },
      random: () => 0,
      createRequestId: () => 'request-1',
      observers: [{ onExchangeEnd: (exchange) => ended.push(exchange) }],
    },
    {
      headerPrefix,
      addOperationName: flags.addOperationName ?? false,
      allowWebSocket: true,
      healthPath: flags.healthPath,
      hasCorsPreset: flags.cors !== undefined,
      path: { ...defaultPathOptions, ...flags.path },
      answerCors: corsStage(flags.cors),
      decorateResponse: createDecorateResponse({
        operations: operations(flags.addResponseHeaders, flags.appendResponseHeaders),
        strictTransportSecurity: flags.strictTransportSecurity ?? false,
        facts,
      }),
      changeRequestHeaders: createRequestHeaderChange(
        operations(flags.addRequestHeaders, flags.appendRequestHeaders),
        facts,
      ),
    },
  );
  const clusters = new Map([...snapshot.clusters.keys()].map((name) => [name, backend]));
  gateway.serve([{ snapshot, controller, clusters, percent: 100, release: () => undefined }]);
  return {
    backend,
    controller,
    ended,
    send({ method, target, headers = [] }) {
      const stream = new FakeServerStream({ method, target, headers: [...headers] });
      gateway.onRequest(stream);
      stream.end();
      return stream;
    },
  };
}

function corsStage(flags: Partial<CorsFlags> | undefined): ReturnType<typeof createAnswerCors> | undefined {
  if (flags === undefined) return undefined;
  const compiled = compileCorsPolicy({ ...corsFlagDefaults, preset: 'basic', ...flags }, espV2CorsStyle);
  assert.ok(compiled.kind === 'policy');
  return createAnswerCors(compiled.policy);
}

function operations(add = '', append = ''): Parameters<typeof createRequestHeaderChange>[0] {
  const compiled = compileHeaderOperations({ add, append });
  assert.ok(compiled.kind === 'operations');
  return compiled.operations;
}

function fail(fields: unknown, message: string): void {
  assert.fail(`${message} ${String(fields)}`);
}
