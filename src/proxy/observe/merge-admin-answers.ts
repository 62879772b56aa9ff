import { plain } from './admin-routes.ts';
import type { AdminAnswer, AdminRequest } from './admin-routes.ts';

/**
 * One answer for several workers: ready when all are, counters and sizes added up, the processes of the status side by
 * side. Configs, version and log level are the same in all; the first worker's answer stands.
 */
export function mergeAdminAnswers(request: AdminRequest, answers: readonly AdminAnswer[]): AdminAnswer {
  const [first] = answers;
  if (first === undefined) return plain(503, 'no worker is running\n');
  const path = request.target.split('?', 1)[0] ?? '';
  // A worker that hangs is no reason to end the others: the supervisor that answers is alive.
  if (isLiveness(path)) return answers.find((answer) => answer.status < 400) ?? first;
  const failed = answers.find((answer) => answer.status >= 400);
  if (failed !== undefined) return failed;
  switch (path) {
    case '/metrics':
    case '/stats/prometheus':
      return { ...first, body: mergeMetrics(answers.map((answer) => answer.body)) };
    case '/endpoints_status':
      return { ...first, body: mergeStatus(answers.map((answer) => answer.body)) };
    default:
      return first;
  }
}

function isLiveness(path: string): boolean {
  return path === '/healthz' || path === '/livez';
}

/** Metrics that are not sums: the oldest start, the worst lag, what is the same in every worker. */
const notSummed: ReadonlyArray<readonly [prefix: string, pick: (a: number, b: number) => number]> = [
  ['process_start_time_seconds', Math.min],
  ['nodejs_eventloop_lag_seconds', Math.max],
  ['gatehouse_config_info', Math.max],
  ['gatehouse_build_info', Math.max],
  ['gatehouse_service_control_max_report_bytes', Math.max],
];

/** Adds up the samples of several expositions, series by series, in the order of the first that has them. */
function mergeMetrics(texts: readonly string[]): string {
  const lines = new Map<string, number | undefined>();
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    if (line === '') continue;
    const at = line.startsWith('#') ? -1 : line.lastIndexOf(' ');
    const key = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? undefined : Number(line.slice(at + 1));
    const known = lines.get(key);
    lines.set(key, known === undefined || value === undefined ? value : pickerOf(key)(known, value));
  }
  return groupByFamily(lines);
}

function pickerOf(series: string): (a: number, b: number) => number {
  return notSummed.find(([prefix]) => series.startsWith(prefix))?.[1] ?? ((a, b) => a + b);
}

/** A family's samples must follow its HELP and TYPE lines, also those that only a later worker has. */
function groupByFamily(lines: ReadonlyMap<string, number | undefined>): string {
  const families = new Map<string, string[]>();
  for (const [key, value] of lines) {
    const family = familyOf(key);
    const members = families.get(family) ?? [];
    members.push(value === undefined ? key : `${key} ${value}`);
    families.set(family, members);
  }
  return `${[...families.values()].flat().join('\n')}\n`;
}

function familyOf(key: string): string {
  if (key.startsWith('# ')) return key.split(' ')[2] ?? '';
  return key.replace(/\{.*$/s, '').replace(/_(bucket|sum|count)$/, '');
}

interface Status {
  readonly server: { readonly connections: Record<string, string>; readonly requests: string };
  readonly processes: readonly unknown[];
}

function mergeStatus(texts: readonly string[]): string {
  // Our own answers: their shape is known.
  const all = texts.map((text) => JSON.parse(text) as Status);
  const sum = (pick: (status: Status) => string | undefined): string =>
    String(all.reduce((total, status) => total + Number(pick(status) ?? 0), 0));
  const first = all[0] as Status;
  const connections = Object.fromEntries(
    Object.keys(first.server.connections).map((name) => [
      name,
      sum((status) => status.server.connections[name]),
    ]),
  );
  const server = { ...first.server, connections, requests: sum((status) => status.server.requests) };
  return `${JSON.stringify({ ...first, server, processes: all.flatMap((status) => status.processes) }, undefined, 1)}\n`;
}
