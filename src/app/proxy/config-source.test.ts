import { create } from '@bufbuild/protobuf';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GatewayError } from '../../core/errors.ts';
import { ManualClock } from '../../core/manual-clock.ts';
import { type Service, ServiceSchema } from '../../gen/google/api/service_pb.ts';
import { silentLogger } from '../../telemetry/logger.ts';
import { FlagReader } from '../flags/flag-reader.ts';
import { parseFlags } from '../flags/parse-flags.ts';
import { readEnvironment } from '../environment.ts';
import { createConfigSource } from './config-source.ts';
import { type Rollout, singleConfigRollout } from './rollout.ts';
import { toProxySettings } from './settings/to-proxy-settings.ts';

const service = 'echo.example.com';

/** Starts a source for `version` with the control plane away and `kept` on the disk; resolves to what serves. */
async function startAlone(version: string, kept: Rollout | undefined): Promise<Rollout | undefined> {
  const flags = [
    '--runtime_version=1',
    `--service=${service}`,
    `--version=${version}`,
    '--backend=localhost:1',
  ];
  const settings = toProxySettings(new FlagReader(parseFlags(flags)), readEnvironment({}));
  let applied: Rollout | undefined;
  const away = (): Promise<never> => Promise.reject(new GatewayError('CONTROL_UNAVAILABLE'));
  const source = createConfigSource(settings, {
    client: () => ({ listRollouts: away, getConfig: away }),
    apply: (rollout) => void (applied = rollout),
    lastGood: { read: () => kept, write: () => undefined },
    clock: new ManualClock(),
    logger: silentLogger,
  });
  await source.start();
  await source.close();
  return applied;
}

describe('createConfigSource', () => {
  it('serves the last good config of the version asked for while the control plane is away', async () => {
    const kept = singleConfigRollout(create(ServiceSchema, { name: service, id: 'r1' }));
    assert.equal(await startAlone('r1', kept), kept);
  });

  it('serves no other version in its place', async () => {
    const kept = singleConfigRollout(create(ServiceSchema, { name: service, id: 'r1' }));
    await assert.rejects(startAlone('r2', kept), { name: 'ConfigError' });
  });

  it('ends with what the last of two overlapping reloads read', async () => {
    const flags = ['--runtime_version=1', `--service=${service}`, '--version=r1', '--backend=localhost:1'];
    const settings = toProxySettings(new FlagReader(parseFlags(flags)), readEnvironment({}));
    const first = Promise.withResolvers<Service>();
    const answers = [Promise.resolve(config('start')), first.promise, Promise.resolve(config('second'))];
    const applied: string[] = [];
    const source = createConfigSource(settings, {
      client: () => ({
        listRollouts: () => Promise.resolve([]),
        getConfig: () => answers.shift() as Promise<Service>,
      }),
      apply: ({ configs }) => void applied.push(configs[0]?.service.title ?? ''),
      lastGood: { read: () => undefined, write: () => undefined },
      clock: new ManualClock(),
      logger: silentLogger,
    });
    await source.start();
    const reloads = [source.reload(), source.reload()];
    first.resolve(config('first'));
    await Promise.all(reloads);
    assert.deepEqual(applied, ['start', 'first', 'second']);
  });
});

function config(title: string): Service {
  return create(ServiceSchema, { name: service, id: 'r1', title });
}
