import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import type { JsonValue } from '@bufbuild/protobuf';

import { compileFiles } from '../compile.ts';
import { serviceToJson } from '../to-json.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/grpc.md'), 'utf8');
const openapiPage = readFileSync(join(import.meta.dirname, '../../../docs/reference/openapi.md'), 'utf8');

function block(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page) ?? [];
  assert.ok(text !== undefined, language);
  return text;
}

/** Asserts that `actual` has everything that `expected` has; lists are compared from their beginnings. */
function assertContains(actual: JsonValue | undefined, expected: JsonValue, path = '$'): void {
  if (typeof expected !== 'object' || expected === null) return assert.equal(actual, expected, path);
  assert.ok(typeof actual === 'object' && actual !== null, path);
  for (const [key, value] of Object.entries(expected))
    assertContains((actual as Record<string, JsonValue>)[key], value as JsonValue, `${path}.${key}`);
}

describe('docs/reference/grpc.md', () => {
  test('has an example that makes what it says', () => {
    const files = [
      { path: 'bookstore.proto', contents: new TextEncoder().encode(block('proto')) },
      {
        path: 'api_config.yaml',
        contents: new TextEncoder().encode(block('yaml').replace('PROJECT_ID', 'p')),
      },
    ];
    const { service, diagnostics } = compileFiles(files, { producerProjectId: 'p' });
    assert.deepEqual(diagnostics, []);
    assert.ok(service !== undefined);
    assertContains(serviceToJson(service), JSON.parse(block('json').replace('PROJECT_ID', 'p')) as JsonValue);
  });

  test('lists every rule that its golden cases break', () => {
    const rules = new Set(
      globSync('{grpc,normalised}/*.diagnostics.txt', { cwd: join(import.meta.dirname, '../golden') })
        .map((name) => readFileSync(join(import.meta.dirname, '../golden', name), 'utf8'))
        .flatMap((text) => [...text.matchAll(/ \[([a-z0-9-]+)\]$/gm)].map(([, rule]) => rule as string)),
    );
    assert.ok(rules.size > 20, String(rules.size));
    for (const rule of rules)
      assert.ok(page.includes(`\`${rule}\``) || openapiPage.includes(`\`${rule}\``), rule);
  });
});
