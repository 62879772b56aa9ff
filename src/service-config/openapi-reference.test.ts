import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import type { JsonValue } from '@bufbuild/protobuf';

import { compileFiles } from './compile.ts';
import { lintRules } from './lint/lint-service.ts';
import { knownFields as knownFields2 } from './openapi2/known-fields.ts';
import { knownFields as knownFields3 } from './openapi3/known-fields.ts';
import { serviceRules } from './rules/check-service.ts';
import { serviceToJson } from './to-json.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/reference/openapi.md'), 'utf8');
const extensionsOf = (
  known: Readonly<Record<string, { readonly extensions: readonly string[] }>>,
): string[] => Object.values(known).flatMap(({ extensions }) => extensions);

/** The parts of the page, one for each family of versions. Each has lines that its examples are completed with. */
const [, part2, part3] = /^(.*?)\n## OpenAPI 3.0 and 3.1\n(.*?)\n## Findings\n/s.exec(page) ?? [];
const parts = [
  { version: '2.0', text: part2 as string, extensions: extensionsOf(knownFields2) },
  { version: '3.x', text: part3 as string, extensions: extensionsOf(knownFields3) },
].map((part) => ({
  ...part,
  common: /```text\n(.*?)```/s.exec(part.text)?.[1] as string,
  examples: examplesOf(part.text),
}));

interface Example {
  readonly title: string;
  readonly yaml: string;
  readonly json: string | undefined;
}

function examplesOf(text: string): readonly Example[] {
  const found = [...text.matchAll(/### (.*?)\n|```yaml\n(.*?)```(?:\s+```json\n(.*?)```)?/gs)];
  return found.flatMap(([, , yaml, json], at) => {
    const heading = found.slice(0, at).findLast(([, name]) => name)?.[1];
    return yaml === undefined ? [] : [{ title: heading ?? 'first', yaml, json }];
  });
}

/** The common lines that an example does not have itself, then the example. */
function complete(common: string, example: string): string {
  const own = new Set([...example.matchAll(/^[\w-]+(?=:)/gm)].map(([key]) => key));
  const lines = common.split('\n').filter((line) => !own.has(line.split(':')[0] as string));
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
  for (const { version, common, examples, extensions } of parts) {
    for (const [at, { title, yaml, json }] of examples.entries()) {
      test(`example ${at + 1} of ${version} (${title}) makes what it says`, () => {
        const contents = new TextEncoder().encode(complete(common, yaml));
        const { service, diagnostics } = compileFiles([{ path: 'f.yaml', contents }], {
          producerProjectId: 'p',
        });
        assert.ok(service !== undefined, JSON.stringify(diagnostics, null, 2));
        assert.ok(json !== undefined, 'an example has a result');
        assertContains(serviceToJson(service), JSON.parse(json) as JsonValue);
      });
    }

    test(`has an example of every extension that is read in ${version}`, () => {
      const texts = [common, ...examples.map(({ yaml }) => yaml)].join('\n');
      assert.ok(extensions.length >= 9);
      for (const name of extensions) {
        // Its standard form has the example.
        if (name !== 'x-google-deprecated') assert.match(texts, new RegExp(`${name}:`));
      }
    });
  }

  test('names every extension that is read', () => {
    const extensions = parts.flatMap((part) => part.extensions);
    for (const name of [...extensions, 'x-security', 'x-issuer', 'x-jwks_uri'])
      assert.ok(page.includes(`\`${name}\``), name);
  });

  test('lists every rule', () => {
    const folder = join(import.meta.dirname, 'golden');
    const seen = globSync(
      ['openapi2/*.diagnostics.txt', 'openapi3/*.diagnostics.txt', 'convert/*.losses.txt'],
      {
        cwd: folder,
      },
    )
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .flatMap((text) =>
        [...text.matchAll(/^(?! *\d+ \|).* \[([a-z0-9-]+)\]$/gm)].map(([, rule]) => rule as string),
      );
    const rules = new Set([...seen, ...[...serviceRules, ...lintRules].map(({ name }) => name)]);
    assert.ok(rules.size > 50);
    for (const rule of rules) assert.ok(page.includes(`\`${rule}\``), rule);
  });
});
