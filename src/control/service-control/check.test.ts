import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { create, toJson, type MessageInitShape } from '@bufbuild/protobuf';
import { RpcCode } from '../../core/status.ts';
import {
  ServerKeyRestrictionsSchema,
  type RestrictionsSchema,
} from '../../gen/google/api/apikeys/v2/resources_pb.ts';
import { CheckError_CodeSchema } from '../../gen/google/api/servicecontrol/v1/check_error_pb.ts';
import {
  CheckResponseSchema,
  type CheckRequestSchema,
} from '../../gen/google/api/servicecontrol/v1/service_controller_pb.ts';
import {
  configId,
  keyString,
  openControl,
  operationName,
  rolloutId,
  serviceName,
} from './testing/control-fixture.ts';

const label = 'servicecontrol.googleapis.com/';
type Request = MessageInitShape<typeof CheckRequestSchema>;
type RestrictionsInit = MessageInitShape<typeof RestrictionsSchema>;

function request(
  consumerId: string = `api_key:${keyString}`,
  caller: Readonly<Record<string, string>> = {},
): Request {
  const labels = Object.fromEntries(Object.entries(caller).map(([key, value]) => [`${label}${key}`, value]));
  return { serviceName, operation: { operationId: 'op-1', operationName, consumerId, labels } };
}

/** Name of the first error; '' when allowed. */
async function firstError(
  context: TestContext,
  restrictions: RestrictionsInit,
  caller: Readonly<Record<string, string>>,
): Promise<string> {
  const control = await openControl(context);
  await control.restrict(restrictions);
  const { checkErrors } = await control.check(request(undefined, caller));
  return checkErrors[0] === undefined ? '' : (CheckError_CodeSchema.value[checkErrors[0].code]?.name ?? '?');
}

describe('check', () => {
  it('allows a good key and says who called', async (context) => {
    const control = await openControl(context);
    const response = await control.check(request(undefined, { caller_ip: '192.0.2.1' }));
    assert.deepEqual(toJson(CheckResponseSchema, response), {
      operationId: 'op-1',
      serviceConfigId: configId,
      serviceRolloutId: rolloutId,
      checkInfo: {
        unusedArguments: ['caller_ip'],
        apiKeyUid: 'apikey:key-uid',
        consumerInfo: { projectNumber: '1002', consumerNumber: '1002', type: 'PROJECT' },
      },
    });
  });

  for (const consumerId of ['project:consumer', 'project_number:1002', 'projects/consumer', 'projects/1002'])
    it(`allows the consumer ${consumerId}, without a key uid`, async (context) => {
      const control = await openControl(context);
      const { checkErrors, checkInfo } = await control.check(request(consumerId));
      assert.deepEqual([checkErrors, checkInfo?.apiKeyUid], [[], '']);
    });

  it('asks for permission before anything else', async (context) => {
    const control = await openControl(context);
    control.denied.add('servicemanagement.services.check');
    await assert.rejects(control.check({ serviceName }), {
      code: RpcCode.PERMISSION_DENIED,
      message: `Permission 'servicemanagement.services.check' denied on service '${serviceName}'.`,
    });
  });

  it('answers for an unknown service as for a forbidden one', async (context) => {
    const control = await openControl(context);
    await assert.rejects(control.check({ ...request(), serviceName: 'nobody.example.com' }), {
      code: RpcCode.PERMISSION_DENIED,
      message: "Permission 'servicemanagement.services.check' denied on service 'nobody.example.com'.",
    });
  });

  it('answers for a deleted service as for a forbidden one', async (context) => {
    const control = await openControl(context);
    await control.store.managedServices.setDeleted(serviceName, 5);
    await assert.rejects(control.check(request()), { code: RpcCode.PERMISSION_DENIED });
  });

  for (const [name, operation] of [
    ['no operation', undefined],
    ['a blank operation id', { operationName, consumerId: 'project:consumer' }],
    ['a blank operation name', { operationId: 'x', consumerId: 'project:consumer' }],
    ['a blank consumer', { operationId: 'x', operationName }],
  ] as const)
    it(`refuses ${name}`, async (context) => {
      const control = await openControl(context);
      await assert.rejects(
        control.check(operation === undefined ? { serviceName } : { serviceName, operation }),
        { code: RpcCode.INVALID_ARGUMENT, message: 'Request contains an invalid argument.' },
      );
    });

  for (const [consumerId, code, subject] of [
    ['api_key:nonsense', 'API_KEY_INVALID', 'api_key:nonsense'],
    ['project:nobody', 'PROJECT_INVALID', 'project:nobody'],
    ['project:', 'PROJECT_INVALID', 'project:'],
    ['folders/12', 'CONSUMER_INVALID', 'folders/12'],
    ['organizations/12', 'CONSUMER_INVALID', 'organizations/12'],
    ['project:idle', 'SERVICE_NOT_ACTIVATED', 'project:idle'],
  ] as const)
    it(`denies ${consumerId} with ${code}`, async (context) => {
      const control = await openControl(context);
      const { checkErrors } = await control.check(request(consumerId));
      const [error] = checkErrors;
      assert.deepEqual(
        [error && CheckError_CodeSchema.value[error.code]?.name, error?.subject, checkErrors.length],
        [code, subject, 1],
      );
    });

  it('names the consumer of a denied call when it knows it', async (context) => {
    const control = await openControl(context);
    const { checkInfo } = await control.check(request('project:idle'));
    assert.equal(checkInfo?.consumerInfo?.projectNumber, 1003n);
  });

  it('says who has not enabled what', async (context) => {
    const control = await openControl(context);
    const { checkErrors } = await control.check(request('project:idle'));
    assert.equal(
      checkErrors[0]?.detail,
      `Service '${serviceName}' is not enabled for consumer 'project:idle'.`,
    );
  });

  it('calls a deleted key expired while it can be undeleted, then not found', async (context) => {
    const control = await openControl(context);
    const key = await control.store.apiKeys.get('consumer', 'key');
    assert.ok(key);
    await control.store.apiKeys.update({ ...key, deletedAtMs: control.clock.nowMs(), revision: 2 });
    const day = 24 * 3_600_000;
    const codes = [];
    for (const ms of [0, 30 * day - 1, 1]) {
      control.clock.advance(ms);
      const { checkErrors } = await control.check(request());
      codes.push(CheckError_CodeSchema.value[checkErrors[0]?.code ?? 0]?.name);
    }
    assert.deepEqual(codes, ['API_KEY_EXPIRED', 'API_KEY_EXPIRED', 'API_KEY_NOT_FOUND']);
  });

  it('calls a purged key not found', async (context) => {
    const control = await openControl(context);
    const key = await control.store.apiKeys.get('consumer', 'key');
    assert.ok(key);
    await control.store.apiKeys.update({ ...key, deletedAtMs: 5, revision: 2 });
    await control.store.apiKeys.purge(6);
    const { checkErrors } = await control.check(request());
    assert.equal(CheckError_CodeSchema.value[checkErrors[0]?.code ?? 0]?.name, 'API_KEY_NOT_FOUND');
  });

  it('denies a key of a deleted project', async (context) => {
    const control = await openControl(context);
    const project = await control.store.projects.get('consumer');
    assert.ok(project);
    await control.store.projects.update({ ...project, deletedAtMs: 5 });
    const { checkErrors } = await control.check(request());
    assert.equal(CheckError_CodeSchema.value[checkErrors[0]?.code ?? 0]?.name, 'PROJECT_DELETED');
  });

  it('looks at the target before the client and at the client before the activation', async (context) => {
    const control = await openControl(context);
    await control.store.enabledServices.disable('consumer', serviceName);
    const value = create(ServerKeyRestrictionsSchema, { allowedIps: ['192.0.2.1'] });
    const clientRestrictions = { case: 'serverKeyRestrictions' as const, value };
    await control.restrict({ clientRestrictions, apiTargets: [{ service: 'other' }] });
    const codes = [];
    const changes: Array<RestrictionsInit | undefined> = [undefined, { clientRestrictions }, {}];
    for (const restrictions of changes) {
      if (restrictions !== undefined) await control.restrict(restrictions);
      const { checkErrors } = await control.check(request(undefined, { caller_ip: '192.0.2.9' }));
      codes.push(CheckError_CodeSchema.value[checkErrors[0]?.code ?? 0]?.name);
    }
    assert.deepEqual(codes, ['API_TARGET_BLOCKED', 'IP_ADDRESS_BLOCKED', 'SERVICE_NOT_ACTIVATED']);
  });

  it('judges by the config that the caller names', async (context) => {
    const control = await openControl(context);
    const { serviceConfigId } = await control.check({ ...request(), serviceConfigId: configId });
    assert.equal(serviceConfigId, configId);
  });

  it('judges by the config in force when the named one does not exist', async (context) => {
    const control = await openControl(context);
    const { serviceConfigId } = await control.check({ ...request(), serviceConfigId: 'no-such' });
    assert.equal(serviceConfigId, configId);
  });

  for (const [allowedIps, callerIp, expected] of [
    [['192.0.2.1'], '192.0.2.1', ''],
    [['192.0.2.1'], '192.0.2.2', 'IP_ADDRESS_BLOCKED'],
    [['192.0.2.1'], '::ffff:192.0.2.1', ''],
    [['192.0.2.0/24'], '192.0.2.200', ''],
    [['192.0.2.0/24'], '192.0.3.1', 'IP_ADDRESS_BLOCKED'],
    [['2001:db8::/32'], '2001:db8:1::1', ''],
    [['2001:db8::/32'], '2001:db9::1', 'IP_ADDRESS_BLOCKED'],
    [['0.0.0.0/0'], '2001:db8::1', 'IP_ADDRESS_BLOCKED'],
    [['192.0.2.0/99', 'nonsense'], '192.0.2.1', 'IP_ADDRESS_BLOCKED'],
    [['0.0.0.0/0'], '', 'IP_ADDRESS_BLOCKED'],
    [['0.0.0.0/0'], 'nonsense', 'IP_ADDRESS_BLOCKED'],
  ] as const)
    it(`address '${callerIp}' against ${allowedIps.join(' ')}: ${expected || 'allowed'}`, async (context) => {
      const restrictions: RestrictionsInit = {
        clientRestrictions: { case: 'serverKeyRestrictions', value: { allowedIps: [...allowedIps] } },
      };
      assert.equal(await firstError(context, restrictions, { caller_ip: callerIp }), expected);
    });

  for (const [app, caller, expected] of [
    [{ packageName: 'com.example', sha1Fingerprint: 'AABB' }, ['com.example', 'aa:bb'], ''],
    [{ packageName: 'com.example', sha1Fingerprint: 'AA:BB' }, ['com.example', 'AABB'], ''],
    [{ packageName: 'com.example', sha1Fingerprint: 'AABB' }, ['com.example', 'AABC'], 'CLIENT_APP_BLOCKED'],
    [{ packageName: 'com.example', sha1Fingerprint: 'AABB' }, ['com.other', 'AABB'], 'CLIENT_APP_BLOCKED'],
    [{ packageName: 'com.example', sha1Fingerprint: 'AABB' }, ['', ''], 'CLIENT_APP_BLOCKED'],
  ] as const)
    it(`Android app ${caller.join(' ')} against ${app.sha1Fingerprint}: ${expected || 'allowed'}`, async (context) => {
      const restrictions: RestrictionsInit = {
        clientRestrictions: { case: 'androidKeyRestrictions', value: { allowedApplications: [{ ...app }] } },
      };
      const [android_package_name, android_cert_fingerprint] = caller;
      assert.equal(
        await firstError(context, restrictions, { android_package_name, android_cert_fingerprint }),
        expected,
      );
    });

  for (const [bundle, expected] of [
    ['com.example.App', ''],
    ['com.example.app', 'CLIENT_APP_BLOCKED'],
    ['', 'CLIENT_APP_BLOCKED'],
    ['com.example.beta.App', ''],
    ['com.example.beta', 'CLIENT_APP_BLOCKED'],
  ] as const)
    it(`iOS app '${bundle}': ${expected || 'allowed'}`, async (context) => {
      const restrictions: RestrictionsInit = {
        clientRestrictions: {
          case: 'iosKeyRestrictions',
          value: { allowedBundleIds: ['com.example.App', 'com.example.beta.*'] },
        },
      };
      assert.equal(await firstError(context, restrictions, { ios_bundle_id: bundle }), expected);
    });

  for (const [target, expected] of [
    [{ service: serviceName }, ''],
    [{ service: serviceName.toUpperCase() }, ''],
    [{ service: 'other.example.com' }, 'API_TARGET_BLOCKED'],
    [{ service: serviceName, methods: ['ListShelves'] }, ''],
    [{ service: serviceName, methods: ['list*'] }, ''],
    [{ service: serviceName, methods: ['Get*'] }, 'API_TARGET_BLOCKED'],
    [{ service: serviceName, methods: ['Get*', operationName] }, ''],
    [{ service: serviceName, methods: ['example.Bookstore.*'] }, ''],
    [{ service: serviceName, methods: [`${serviceName}.List*`] }, ''],
    [{ service: serviceName, methods: ['Shelves'] }, 'API_TARGET_BLOCKED'],
  ] as const)
    it(`target ${JSON.stringify(target)}: ${expected || 'allowed'}`, async (context) => {
      const apiTargets = [
        { service: target.service, methods: 'methods' in target ? [...target.methods] : [] },
      ];
      assert.equal(await firstError(context, { apiTargets }, {}), expected);
    });

  it('passes when any target matches', async (context) => {
    const apiTargets = [{ service: 'other' }, { service: serviceName }];
    assert.equal(await firstError(context, { apiTargets }, {}), '');
  });

  it('needs a referrer that matches', async (context) => {
    const restrictions: RestrictionsInit = {
      clientRestrictions: { case: 'browserKeyRestrictions', value: { allowedReferrers: ['example.com/*'] } },
    };
    assert.equal(await firstError(context, restrictions, {}), 'REFERER_BLOCKED');
    assert.equal(await firstError(context, restrictions, { referer: 'https://example.com/a' }), '');
  });
});
