import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { comparePatterns } from '../../src/protocol/http-template/compare-templates.ts';
import type { HttpTemplate } from '../../src/protocol/http-template/http-template.ts';
import { parseHttpTemplate } from '../../src/protocol/http-template/parse-http-template.ts';
import { toTemplateMatcher } from '../../src/protocol/http-template/template-matcher.ts';
import { getHeader, getHeaderValues } from '../../src/protocol/http/headers.ts';
import { resolveClientAddress } from '../../src/proxy/policies/client-address.ts';
import { compileSnapshot } from '../../src/proxy/routing/compile-snapshot.ts';
import { checkRewritableTarget } from '../../src/proxy/routing/rewrite-path.ts';
import type { RouteTable } from '../../src/proxy/routing/route-table.ts';
import { espV2SnapshotOptions } from '../../src/proxy/routing/snapshot-options.ts';
import { createHarness } from './gateway-harness.ts';
import { localService, routedService, rowsService } from './services.ts';
import { readKnownFailures } from './known-failures.ts';
import { readCases } from './unit-cases.ts';
import type { Case, Suite } from './unit-cases.ts';

const peer = '192.0.2.7';

const runners: { readonly [S in Suite]: (one: Case<S>) => void } = {
  template(one) {
    const template = parsed(one.template);
    const variables = template.variables.map((v) => [v.fieldPath, v.start, v.end]);
    assert.deepEqual(
      { segments: template.segments, verb: template.verb, variables },
      { segments: one.segments, verb: one.verb, variables: one.variables },
    );
  },

  'template-refused'(one) {
    assert.equal(parseHttpTemplate(one.template).kind, 'error');
  },

  match(one) {
    const routes = routesOf(one.templates.map((template) => `GET ${template}`));
    const result = routes.match('GET', one.path);
    assert.equal(result.kind === 'method' ? result.pattern.template.text : null, one.template);
    if (result.kind === 'method') assert.deepEqual(result.bindings, one.bindings);
  },

  order(one) {
    const patterns = one.rows.map((row) => {
      const [method, text] = row.split(' ') as [string, string];
      return { row, method, template: parsed(text) };
    });
    const wanted = one.sorted.map((row) => {
      const [method, text] = row.split(' ') as [string, string];
      return patterns.find((p) => p.method === method && sameShape(p.template, parsed(text)))?.row;
    });
    for (const shuffled of [patterns, patterns.toReversed()]) {
      const sorted = shuffled.toSorted(comparePatterns).map((pattern) => pattern.row);
      assert.deepEqual(sorted, wanted);
    }
  },

  duplicate(one) {
    const { diagnostics } = compileSnapshot(rowsService(one.rows), espV2SnapshotOptions);
    const messages = diagnostics.map((diagnostic) => diagnostic.message);
    assert.deepEqual(messages, [`rows.Op1 has duplicate http pattern \`${one.pattern}\``]);
  },

  matcher(one) {
    const matcher = toTemplateMatcher(parsed(one.template));
    if (matcher.kind === 'exact') assert.deepEqual(matcher.paths, one.paths);
    else assert.equal(matcher.regex, one.regex);
  },

  forwarded(one) {
    const headers = one.fields.flatMap((field) => ['forwarded', field]);
    const policy = { kind: 'trusted-hops', useRemoteAddress: false, hops: 2, fromForwarded: true } as const;
    assert.equal(resolveClientAddress(policy, headers, peer), one.client ?? peer);
  },

  'method-override'(one) {
    const harness = createHarness(rowsService([`${one.expected} /a`]));
    const headers = one.override === null ? [] : ['x-http-method-override', one.override];
    harness.send({ method: one.method, target: '/a', headers });
    const { head } = harness.backend.last;
    assert.equal(head.method, one.expected);
    assert.equal(getHeader(head.headers, 'x-http-method-override'), undefined);
  },

  rewrite(one) {
    const path = one.target.split('?')[0] as string;
    const { address, translation } = one;
    const harness = createHarness(
      rowsService([`GET ${path}`], { address: `https://h${address}`, pathTranslation: translation }),
    );
    harness.send({ method: 'GET', target: one.target });
    const { head } = harness.backend.last;
    assert.equal(head.target, one.backendTarget);
    if (one.originalPath !== undefined)
      assert.equal(getHeader(head.headers, 'x-envoy-original-path'), one.originalPath);
  },

  'rewrite-refused'(one) {
    const target = one.target ?? `/${'x'.repeat((one.targetBytes ?? 0) - 1)}`;
    assert.deepEqual(checkRewritableTarget(target), {
      httpStatus: one.status,
      message: one.message,
      responseCodeDetails: one.details,
    });
  },

  'rewrite-mismatch'(one) {
    assert.equal(routesOf([`GET ${one.template}`]).match('GET', one.target).kind, 'notFound');
  },

  'dynamic-routing'(one) {
    const path = {
      normalize: one.normalized,
      mergeSlashes: one.normalized,
      redirectEscapedSlashes: one.redirectEscapedSlashes ?? false,
    };
    const harness = createHarness(routedService(), { path });
    const stream = harness.send(one);
    if (one.backendTarget !== undefined) {
      assert.equal(harness.backend.last.head.target, one.backendTarget);
      assert.equal(harness.backend.last.head.authority, 'routed.example.com');
      return;
    }
    assert.equal(stream.head?.status, one.status);
    assert.equal(getHeader(stream.head?.headers ?? [], 'location'), one.location);
    assert.equal(harness.backend.requests.length, 0);
  },

  exchange(one) {
    const harness = createHarness(localService(one.allowCors ?? false), one.flags);
    const stream = harness.send(one.request);
    assert.equal(harness.backend.requests.length, one.backend === undefined ? 0 : 1);
    if (one.backend !== undefined) {
      const sent = harness.backend.last.head.headers;
      for (const [name, value] of Object.entries(one.expect.backendHeaders ?? {}))
        assert.equal(getHeaderValues(sent, name).join(';'), value, name);
      harness.backend.last.respond(one.backend.status, 'body', [...(one.backend.headers ?? [])]);
    }
    const { expect } = one;
    const headers = stream.head?.headers ?? [];
    assert.equal(stream.head?.status, expect.status);
    for (const [name, value] of Object.entries(expect.headers ?? {}))
      assert.equal(getHeaderValues(headers, name).join(';'), value, name);
    for (const name of expect.absent ?? []) assert.equal(getHeader(headers, name), undefined, name);
    if (expect.message !== undefined)
      assert.deepEqual(JSON.parse(stream.body), { code: expect.status, message: expect.message });
    if (expect.operation !== undefined) {
      assert.equal(harness.controller.reports[0]?.operationName, expect.operation);
      assert.equal(harness.controller.reports.length, 1);
    }
    if (expect.checks !== undefined) assert.equal(harness.controller.checks.length, expect.checks);
  },
};

function run<S extends Suite>(one: Case<S> & { readonly suite: S }): void {
  (runners[one.suite] as (each: Case<S>) => void)(one);
}

function parsed(text: string): HttpTemplate {
  const result = parseHttpTemplate(text);
  if (result.kind === 'error') assert.fail(`${text}: ${result.problem}`);
  return result.template;
}

function sameShape(a: HttpTemplate, b: HttpTemplate): boolean {
  return a.verb === b.verb && a.segments.join('/') === b.segments.join('/');
}

function routesOf(rows: readonly string[]): RouteTable {
  const { snapshot, diagnostics } = compileSnapshot(rowsService(rows), espV2SnapshotOptions);
  assert.ok(snapshot !== undefined, JSON.stringify(diagnostics));
  return snapshot.routes;
}

const cases = readCases();
const knownFailures = readKnownFailures('unit');

for (const suite of new Set(cases.map((one) => one.suite))) {
  describe(`conformance: ${suite}`, () => {
    for (const one of cases.filter((each) => each.suite === suite)) {
      const reason = knownFailures.get(`${one.suite}: ${one.name}`);
      if (reason === undefined) test(one.name, () => run(one));
      else test(`${one.name} (known failure: ${reason})`, () => assert.throws(() => run(one)));
    }
  });
}

describe('known-failures.txt', () => {
  test('names cases that exist, each with a reason', () => {
    const keys = new Set(cases.map((one) => `${one.suite}: ${one.name}`));
    for (const [key, reason] of knownFailures) assert.ok(keys.has(key) && reason !== '', key);
  });

  test('stands beside cases with names of their own', () => {
    assert.equal(new Set(cases.map((one) => `${one.suite}: ${one.name}`)).size, cases.length);
  });
});
