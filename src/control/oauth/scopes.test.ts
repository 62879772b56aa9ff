import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ServiceController } from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import { ServiceManager } from '../../gen/google/api/servicemanagement/v1/servicemanager_pb.ts';
import { IAMPolicy } from '../../gen/google/iam/v1/iam_policy_pb.ts';
import { parseScopes, reachesService } from './scopes.ts';

const auth = (name: string): string => `https://www.googleapis.com/auth/${name}`;

describe('parseScopes', () => {
  test('takes scopes apart', () => {
    assert.deepEqual(parseScopes(`${auth('cloud-platform')}  openid`), [auth('cloud-platform'), 'openid']);
  });

  for (const text of ['', ' ', 'cloud-platform', 'https://elsewhere.example.com/auth/x', `${auth('a')} b`])
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseScopes(text), undefined));
});

describe('reachesService', () => {
  const rows = [
    ['cloud-platform', ServiceManager, false, true],
    ['cloud-platform', IAMPolicy, false, true],
    ['service.management', ServiceManager, false, true],
    ['service.management', ServiceController, false, false],
    ['service.management', IAMPolicy, false, true],
    ['service.management.readonly', ServiceManager, true, true],
    ['service.management.readonly', ServiceManager, false, false],
    ['cloud-platform.read-only', ServiceManager, true, true],
    ['cloud-platform.read-only', IAMPolicy, false, false],
    ['servicecontrol', ServiceController, false, true],
    ['servicecontrol', ServiceManager, true, false],
  ] as const;
  for (const [scope, service, isReadOnly, expected] of rows)
    test(`${scope} ${expected ? 'reaches' : 'does not reach'} ${service.name} to ${isReadOnly ? 'read' : 'write'}`, () =>
      assert.equal(reachesService([auth(scope)], service, isReadOnly), expected));
});
