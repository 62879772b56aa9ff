import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { hostToApiName, majorVersion, toApiName, toFieldName, toMethodName } from './naming.ts';

describe('toMethodName', () => {
  for (const [operationId, name] of [
    ['listShelves', 'ListShelves'],
    ['auth_info_google_jwt', 'Auth_info_google_jwt'],
    ['get-thing.by/id', 'Getthingbyid'],
    ['Already', 'Already'],
    ['über', 'Ber'],
    ['--', ''],
  ] as const)
    test(`makes ${name} of ${operationId}`, () => assert.equal(toMethodName(operationId), name));
});

describe('toFieldName', () => {
  for (const [parameter, name] of [
    ['shelfId', 'shelf_id'],
    ['library_id', 'library_id'],
    ['ID', 'i_d'],
    ['X-Request-Id', 'x_request_id'],
    ['a.b', 'ab'],
  ] as const)
    test(`makes ${name} of ${parameter}`, () => assert.equal(toFieldName(parameter), name));
});

describe('hostToApiName', () => {
  test('puts _ for everything but letters and digits', () => {
    assert.equal(hostToApiName('echo-api.endpoints.p.cloud.goog'), 'echo_api_endpoints_p_cloud_goog');
  });

  test('puts _ before a name that starts with no letter', () => {
    assert.equal(hostToApiName('9.example.com'), '_9_example_com');
    assert.equal(hostToApiName(''), '_');
  });
});

describe('majorVersion', () => {
  for (const [version, major] of [
    ['1.0.0', '1'],
    ['v2.1.3', 'v2'],
    ['v1', 'v1'],
    ['1.0', '1.0'],
    ['1.0-beta', '1.0_beta'],
    ['1.2.3.4', '1.2.3.4'],
    ['', ''],
  ] as const)
    test(`is '${major}' for '${version}'`, () => assert.equal(majorVersion(version), major));
});

describe('toApiName', () => {
  test('is the name alone without a version', () => assert.equal(toApiName('', 'a'), 'a'));
});
