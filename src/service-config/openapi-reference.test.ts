import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import type { JsonValue } from '@bufbuild/protobuf';

import { compileFiles } from './compile.ts';
import { lintRules } from './lint/lint-service.ts';
import { knownFields } from './openapi2/known-fields.ts';
import { serviceRules } from './rules/check-service.ts';
import { serviceToJson } from './to-json.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/openapi.md'), 'utf8');
const [, common] = /```text\n(.*?)```/s.exec(page) ?? [];
const examples = [...page.matchAll(/### (.*?)\n|```yaml\n(.*?)```(?:\s+```json\n(.*?)```)?/gs)]
  .map(([, heading, yaml, json]) => ({ heading, yaml, json }))
  .map((part, at, parts) => ({
    ...part,
    title: parts.slice(0, at).findLast(({ heading }) => heading)?.heading,
  }))
  .filter(({ yaml }) => yaml !== undefined);

/** The common lines that an example does not have itself, then the example. */
function complete(example: string): string {
  const own = new Set([...example.matchAll(/^[\w-]+(?=:)/gm)].map(([key]) => key));
  const lines = (common as string).split('\n').filter((line) => !own.has(line.split(':')[0] as string));
  return [...lines, example].join('\n');
}

/** Asserts that `actual` has everything that `expected` has; lists are compared from their beginnings. */
function assertContains(actual: JsonValue | undefined, expected: JsonValue, path = '$'): void {
  if (typeof expected !== 'object' || expected === null) {
    assert.equal(actual, expected, path);
    return;
  }
  assert.ok(typeof actual === 'object' && actual !== null, path);
  for (const [key, value] of Object.entries(expected))
    assertContains((actual as Record<string, JsonValue>)[key], value as JsonValue, `${path}.${key}`);
}

describe('docs/reference/openapi.md', () => {
  for (const [at, { title, yaml, json }] of examples.entries()) {
    test(`example ${at + 1} (${title ?? 'first'}) makes what it says`, () => {
      const contents = new TextEncoder().encode(complete(yaml as string));
      const { service, diagnostics } = compileFiles([{ path: 'f.yaml', contents }], {
        producerProjectId: 'p',
      });
      assert.ok(service !== undefined, JSON.stringify(diagnostics, null, 2));
      assert.ok(json !== undefined, 'an example has a result');
      assertContains(serviceToJson(service), JSON.parse(json) as JsonValue);
    });
  }

  test('names every extension that is read', () => {
    const extensions = Object.values(knownFields).flatMap((known) => known.extensions);
    assert.ok(extensions.length > 10);
    for (const name of [...extensions, 'x-security', 'x-issuer', 'x-jwks_uri'])
      assert.ok(page.includes(`\`${name}\``), name);
  });

  test('has an example of every extension that is read', () => {
    const texts = examples.map(({ yaml }) => yaml).join('\n');
    for (const name of Object.values(knownFields).flatMap((known) => known.extensions)) {
      // Its standard form has the example.
      if (name !== 'x-google-deprecated') assert.match(texts, new RegExp(`${name}:`));
    }
  });

  test('lists every rule', () => {
    const folder = join(import.meta.dirname, 'golden/openapi2');
    const seen = globSync('*.diagnostics.txt', { cwd: folder })
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) => [...text.matchAll(/ \[([a-z0-9-]+)\]$/gm)].map(([, rule]) => rule as string));
    const rules = new Set([...seen, ...[...serviceRules, ...lintRules].map(({ name }) => name)]);
    assert.ok(rules.size > 50);
    for (const rule of rules) assert.ok(page.includes(`\`${rule}\``), rule);
  });
});
