import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import { compileFiles } from './compile.ts';
import type { CompileResult } from './compile.ts';
import { renderDiagnostics } from './diagnostics/render.ts';
import { goldenCases } from './testing/golden-cases.ts';
import { withoutDefaults } from './testing/without-defaults.ts';
import { serviceToJson } from './to-json.ts';

// A case is `<name>.in.yaml` (or .json), or a folder `<name>.in/` for several files. Its config stands in
// `<name>.out.json`, absent when it does not compile, and its findings in `<name>.diagnostics.txt`, absent when there are
// none. Configs are shown without the defaults that every service has; `defaults.test.ts` checks those.
const update = process['env']['UPDATE_GOLDEN'] === '1';

/** Compares a part of the result with its file, or writes the file. An undefined part must have no file. */
function compare(path: string, actual: string | undefined): void {
  if (update) {
    if (actual === undefined) rmSync(path, { force: true });
    else writeFileSync(path, actual);
  }
  assert.equal(actual, existsSync(path) ? readFileSync(path, 'utf8') : undefined);
}

function outputOf({ service }: CompileResult): string | undefined {
  return service && `${JSON.stringify(withoutDefaults(serviceToJson(service)), null, 2)}\n`;
}

for (const [group, cases] of Map.groupBy(goldenCases(), (item) => item.group)) {
  describe(`compileFiles of golden/${group}`, () => {
    for (const { name, stem, files: read } of cases) {
      test(name, () => {
        const files = read();
        const result = compileFiles(files, { producerProjectId: 'producer' });
        compare(`${stem}.out.json`, outputOf(result));
        compare(`${stem}.diagnostics.txt`, renderDiagnostics(result.diagnostics, 'text', files) || undefined);
      });
    }
  });
}

/** Rules whose message says itself what to write, or which syntax was expected. */
const selfExplaining = ['schema', 'unreadable', 'operation-without-api-key', 'proto-syntax', 'proto-name'];
/** Findings on files that are no text, and on the set of files. */
const withoutPlace = ['descriptor-unreadable', 'import-missing', 'service-document-missing'];

describe('findings of compileFiles', () => {
  const findings = goldenCases().flatMap(
    ({ files }) => compileFiles(files(), { producerProjectId: '' }).diagnostics,
  );

  test('have a file, a line and a column', () => {
    const lost = findings.filter(({ source, rule }) => source === undefined && !withoutPlace.includes(rule));
    assert.deepEqual(lost, []);
  });

  test('say what to write instead', () => {
    const silent = findings.filter(({ hint, rule }) => hint === undefined && !selfExplaining.includes(rule));
    assert.deepEqual(silent, []);
  });
});
