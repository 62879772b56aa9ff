// Route look-ups a second for tables of 10, 1,000 and 10,000 routes, one JSON line each. The cost is flat when the
// figures of a kind of path do not fall with the number of routes.
import { parseHttpTemplate } from '../../src/protocol/http-template/parse-http-template.ts';
import { buildRouteTable } from '../../src/proxy/routing/build-route-table.ts';
import type { MethodConfig } from '../../src/proxy/routing/method-config.ts';
import type { RoutePattern, RouteTable } from '../../src/proxy/routing/route-table.ts';

const routeCounts = [10, 1_000, 10_000];
const measureMs = 400;
const batch = 2_000;
/** Kinds of templates, in turn; the number makes each one its own. */
const kinds = {
  exact: (n: number): [template: string, path: string] => [`/v1/things${n}/list`, `/v1/things${n}/list`],
  variable: (n: number): [string, string] => [
    `/v1/shelves${n}/{shelf}/books/{book}`,
    `/v1/shelves${n}/fiction/books/8f14e45f`,
  ],
  verb: (n: number): [string, string] => [`/v1/jobs${n}/{job}:cancel`, `/v1/jobs${n}/8f14e45f:cancel`],
  doubleWildcard: (n: number): [string, string] => [`/v1/files${n}/{path=**}`, `/v1/files${n}/a/b/c/d/e.txt`],
} as const;
const names = Object.keys(kinds) as Array<keyof typeof kinds>;

for (const routes of routeCounts) {
  const table = tableOf(routes);
  for (const kind of names) report(routes, kind, 'POST', table, pathsOf(routes, kind));
  report(routes, 'notFound', 'POST', table, ['/v1/none/of/these', '/v2/things1/list']);
  report(routes, 'methodNotAllowed', 'PUT', table, pathsOf(routes, 'variable'));
}

function tableOf(routes: number): RouteTable {
  const backend: RoutePattern[] = [];
  for (let n = 0; n < routes; n++) {
    const [text] = kinds[names[n % names.length] as keyof typeof kinds](n);
    const parsed = parseHttpTemplate(text);
    if (parsed.kind === 'error') throw new TypeError(parsed.problem);
    const method = { selector: `api.Method${n}` } as MethodConfig;
    backend.push({
      httpMethod: 'POST',
      template: parsed.template,
      method,
      kind: 'http',
      body: '*',
      responseBody: '',
    });
  }
  return buildRouteTable({ backend, cors: [], health: undefined });
}

/** Paths over the whole table. They come round again with their hashes computed, which `exact` profits from. */
function pathsOf(routes: number, kind: keyof typeof kinds): string[] {
  const paths: string[] = [];
  for (let n = names.indexOf(kind); n < routes; n += names.length)
    paths.push(Buffer.from(kinds[kind](n)[1]).toString('latin1'));
  return paths;
}

function report(
  routes: number,
  kind: string,
  method: string,
  table: RouteTable,
  paths: readonly string[],
): void {
  let lookups = 0;
  let index = 0;
  const run = (untilMs: number): void => {
    while (performance.now() < untilMs) {
      for (let i = 0; i < batch; i++) {
        table.match(method, paths[index] as string);
        index = index + 1 === paths.length ? 0 : index + 1;
      }
      lookups += batch;
    }
  };
  run(performance.now() + measureMs / 4);
  lookups = 0;
  const startMs = performance.now();
  run(startMs + measureMs);
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(
    JSON.stringify({
      bench: 'route-lookup',
      routes,
      path: kind,
      lookupsPerSecond: Math.round(lookups / seconds),
    }),
  );
}
