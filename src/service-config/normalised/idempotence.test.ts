import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import fc from 'fast-check';

import type { Service } from '../../gen/google/api/service_pb.ts';
import { compileFiles } from '../compile.ts';
import type { SourceFile } from '../compile.ts';
import { goldenCases } from '../testing/golden-cases.ts';
import { openapi2Documents } from '../testing/openapi2-documents.ts';
import { serviceToJson } from '../to-json.ts';

const options = { producerProjectId: 'producer' };

function file(path: string, value: unknown): SourceFile {
  return { path, contents: new TextEncoder().encode(JSON.stringify(value)) };
}

/** A compiled config as it was written, and as it comes back from being compiled once more. */
function assertStable(service: Service): void {
  const json = serviceToJson(service);
  const again = compileFiles([file('service.json', json)], options);
  const errors = again.diagnostics.filter(({ kind }) => kind === 'error');
  assert.deepEqual(errors, []);
  assert.ok(again.service !== undefined);
  assert.deepEqual(serviceToJson(again.service), json);
}

describe('a compiled config', () => {
  for (const { group, name, files } of goldenCases()) {
    const { service } = compileFiles(files(), options);
    if (service === undefined) continue;
    test(`of golden/${group}/${name} is normalised: compiling it changes nothing`, () =>
      assertStable(service));
  }

  test('of any OpenAPI 2.0 document is normalised: compiling it changes nothing', () => {
    let compiled = 0;
    const runs = 150;
    fc.assert(
      fc.property(openapi2Documents, (document) => {
        const { service } = compileFiles([file('openapi.json', document)], options);
        // What does not compile has nothing to compile again.
        if (service === undefined) return;
        compiled += 1;
        assertStable(service);
      }),
      { numRuns: runs },
    );
    assert.ok(compiled > runs / 3, `only ${compiled} of ${runs} documents compiled`);
  });
});
