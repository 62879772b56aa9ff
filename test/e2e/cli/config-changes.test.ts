import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { startControlPlane } from './control-plane.ts';
import type { ControlPlane } from './control-plane.ts';

const service = 'echo-api.endpoints.example-project-1.cloud.goog';
const element =
  'usage.rules[selector=="1.echo_api_endpoints_example_project_1_cloud_goog.Echo"].allow_unregistered_calls';
const sentence = 'POST /echo no longer needs an API key: calls may come from nobody in particular.';

/** A control plane that serves the sample, and beside it `open.yaml`, where anybody may echo. */
async function serveSample(context: TestContext): Promise<ControlPlane> {
  const plane = await startControlPlane(context);
  await plane.ok('endpoints services deploy openapi.yaml');
  const sample = readFileSync(join(plane.folder, 'openapi.yaml'), 'utf8');
  const open = sample.replace(/security:\n\s+- api_key: \[\]/, 'security: []');
  assert.notEqual(open, sample);
  writeFileSync(join(plane.folder, 'open.yaml'), open);
  return plane;
}

describe('endpoints services deploy', () => {
  it('shows what a config would open, and rolls nothing out at a no', async (context) => {
    const plane = await serveSample(context);
    const { code, stderr } = await plane.run('endpoints services deploy open.yaml', ['n']);
    assert.equal(code, 1);
    assert.ok(
      stderr.includes(
        `WARNING: Element [${element}] (new value = true) was added. Advice:\n\t* ${sentence}\n`,
      ),
      stderr,
    );
    assert.ok(!stderr.includes('operations/rollouts.'), stderr);
  });

  it('compares with what is served, not with what was last uploaded', async (context) => {
    const plane = await serveSample(context);
    await plane.run('endpoints services deploy open.yaml', ['n']);
    const again = await plane.run('endpoints services deploy open.yaml', ['y']);
    assert.equal(again.code, 0);
    assert.ok(again.stderr.includes(sentence), again.stderr);
    const third = await plane.ok('endpoints services deploy open.yaml');
    assert.ok(!third.stderr.includes('Advice'), third.stderr);
  });
});

describe('diff', () => {
  it('finds what was deployed the same as its document', async (context) => {
    const plane = await serveSample(context);
    assert.deepEqual(await plane.run(`diff ${service}@ openapi.yaml`), { code: 0, stdout: '', stderr: '' });
    assert.equal((await plane.run(`diff openapi.yaml ${service}@2026-01-31r0`)).code, 0);
  });

  it('says before a deploy what it will change', async (context) => {
    const plane = await serveSample(context);
    assert.deepEqual(await plane.run(`diff ${service}@ open.yaml`), {
      code: 1,
      stdout: `WEAKENED SECURITY\n  ${sentence} [api-key-dropped]\n    ${element}\n`,
      stderr: '',
    });
  });

  it('ends with 2 for a config that is not there', async (context) => {
    const plane = await serveSample(context);
    const { code, stderr } = await plane.run(`diff ${service}@none openapi.yaml`);
    assert.equal(code, 2);
    assert.match(stderr, /NOT_FOUND: Service config 'none' not found/);
  });
});
