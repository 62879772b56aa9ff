import type { Logger, LogLevel } from '../../telemetry/logger.ts';
import { encodeMetrics, metricsContentType } from '../../telemetry/metrics-text.ts';
import type { MetricRegistry } from '../../telemetry/metrics.ts';
import { RpcCode } from '../../core/status.ts';
import { renderError } from '../dialects/esp-v1/error-body.ts';
import { createLocalReply } from '../local-reply.ts';
import { renderConfigDump } from './config-dump.ts';
import { renderEndpointsStatus } from './endpoints-status.ts';
import type { EndpointsStatusFacts } from './endpoints-status.ts';
import type { Gateway } from '../gateway.ts';

/** What the admin server shows and does. */
export interface AdminDeps {
  readonly gateway: Pick<Gateway, 'isReady' | 'isDraining' | 'configs'>;
  readonly metrics: MetricRegistry;
  readonly logger: Logger;
  readonly version: string;
  /** The options in force, for `/config_dump`. */
  readonly options: () => Readonly<Record<string, unknown>>;
  readonly status: () => EndpointsStatusFacts;
  /** `POST /drain`: the process stops taking requests and finishes those it has. */
  readonly drain: () => void;
}

/** A request to the admin server. */
export interface AdminRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
}

/** An answer of the admin server. */
export interface AdminAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** One page: the methods that it takes, and what it answers. */
interface AdminRoute {
  readonly methods: readonly string[];
  answer(deps: AdminDeps, query: URLSearchParams): AdminAnswer;
  /** Answer to other methods; a line of text without it. */
  readonly methodNotAllowed?: AdminAnswer;
}

/** What this process answers. */
export function answerAdmin(deps: AdminDeps, request: AdminRequest): AdminAnswer {
  const [path = '', query = ''] = request.target.split('?', 2);
  const route = adminRoutes.get(path);
  if (route === undefined) return plain(404, `not found; there is ${[...adminRoutes.keys()].join(' ')}\n`);
  if (!route.methods.includes(request.method))
    return route.methodNotAllowed ?? plain(405, `method not allowed; use ${route.methods.join(' or ')}\n`);
  return route.answer(deps, new URLSearchParams(query));
}

const read = ['GET', 'HEAD'] as const;

const live: AdminRoute = { methods: read, answer: () => plain(200, 'ok\n') };

const ready: AdminRoute = {
  methods: read,
  answer({ gateway }) {
    if (gateway.isReady) return plain(200, 'ok\n');
    return plain(503, gateway.isDraining ? 'draining\n' : 'no service config is being served\n');
  },
};

const metrics: AdminRoute = {
  methods: read,
  answer: (deps) => ({ status: 200, contentType: metricsContentType, body: encodeMetrics(deps.metrics) }),
};

/**
 * All pages by path. `/healthz` and `/endpoints_status` are those of ESP v1's status port; `/ready`, `/logging`,
 * `/config_dump` and `/stats/prometheus` have the paths of Envoy's admin interface, which ESPv2 shows at its own.
 */
const adminRoutes: ReadonlyMap<string, AdminRoute> = new Map<string, AdminRoute>([
  ['/healthz', live],
  ['/livez', live],
  ['/readyz', ready],
  ['/ready', ready],
  ['/metrics', metrics],
  ['/stats/prometheus', metrics],
  [
    '/version',
    {
      methods: read,
      answer: ({ version }) => json(`${JSON.stringify({ version, node: process.version })}\n`),
    },
  ],
  [
    '/config_dump',
    {
      methods: read,
      answer: ({ options, gateway }) => json(renderConfigDump(options(), gateway.configs)),
    },
  ],
  [
    '/endpoints_status',
    {
      methods: read,
      answer: ({ status }) => json(renderEndpointsStatus(status())),
      methodNotAllowed: {
        status: 405,
        ...renderError(
          createLocalReply({
            httpStatus: 405,
            rpcCode: RpcCode.FAILED_PRECONDITION,
            message: 'METHOD_NOT_ALLOWED',
            responseCodeDetails: '',
          }),
        ),
      },
    },
  ],
  ['/logging', { methods: ['GET', 'POST'], answer: setLogLevel }],
  [
    '/drain',
    {
      methods: ['POST'],
      answer({ drain }) {
        drain();
        return plain(200, 'draining\n');
      },
    },
  ],
]);

/** Our levels by the names of both loggers. */
const levels: Readonly<Record<string, LogLevel>> = {
  trace: 'debug',
  debug: 'debug',
  info: 'info',
  warn: 'warn',
  warning: 'warn',
  error: 'error',
  critical: 'error',
};

function setLogLevel({ logger }: AdminDeps, query: URLSearchParams): AdminAnswer {
  const wanted = query.get('level');
  if (wanted === null) return plain(200, `${logger.level}\n`);
  const level = levels[wanted];
  if (level === undefined) return plain(400, `no such level; one of ${Object.keys(levels).join(', ')}\n`);
  logger.level = level;
  return plain(200, `${level}\n`);
}

/** A text answer. */
export function plain(status: number, body: string): AdminAnswer {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}

function json(body: string): AdminAnswer {
  return { status: 200, contentType: 'application/json', body };
}
