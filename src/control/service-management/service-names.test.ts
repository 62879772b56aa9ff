import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isServiceName, mayProduce, projectInServiceName } from './service-names.ts';

describe('isServiceName', () => {
  for (const name of [
    'echo-api.endpoints.p-1.cloud.goog',
    'api.example.com',
    'p.appspot.com',
    '1.example.com',
  ])
    it(`accepts ${name}`, () => assert.equal(isServiceName(name), true));

  for (const name of [
    '',
    'localhost',
    'api.example.com.',
    'Api.example.com',
    '-a.example.com',
    'a-.example.com',
    'a..b',
    'a_b.example.com',
    'a/b.example.com',
    `${'a'.repeat(64)}.example.com`,
    `${'a.'.repeat(126)}abc`,
  ])
    it(`refuses '${name.slice(0, 40)}'`, () => assert.equal(isServiceName(name), false));
});

describe('projectInServiceName', () => {
  for (const [name, project] of [
    ['echo.endpoints.example-1.cloud.goog', 'example-1'],
    ['example-1.appspot.com', 'example-1'],
    ['v2.example-1.appspot.com', 'example-1'],
    ['api.example.com', undefined],
    ['endpoints.example-1.cloud.goog', undefined],
  ] as const)
    it(`reads ${project ?? 'nothing'} from ${name}`, () => assert.equal(projectInServiceName(name), project));
});

describe('mayProduce', () => {
  it('gives a name that tells a project to that project alone', () => {
    assert.equal(mayProduce('p1', 'echo.endpoints.p1.cloud.goog'), true);
    assert.equal(mayProduce('p2', 'echo.endpoints.p1.cloud.goog'), false);
  });

  it('gives any other name to any project', () => assert.equal(mayProduce('p1', 'api.example.com'), true));
});
