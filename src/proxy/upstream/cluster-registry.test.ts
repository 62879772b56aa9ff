import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../../core/clock.ts';
import { DnsResolver } from '../../protocol/net/dns-resolver.ts';
import { TimerWheel } from '../../protocol/net/timer-wheel.ts';
import type { ClusterConfig } from '../routing/method-config.ts';
import { ClusterRegistry } from './cluster-registry.ts';
import { clusterConfig, response, send, settle, startRawServer } from './upstream.fixture.ts';

const open = (): ClusterRegistry =>
  new ClusterRegistry({}, { resolver: new DnsResolver(), wheel: new TimerWheel(systemClock) });
const configs = (...list: ClusterConfig[]): Map<string, ClusterConfig> =>
  new Map(list.map((config) => [config.name, config]));

describe('ClusterRegistry', () => {
  it('keeps a cluster that does not change, with its connections', async () => {
    await using server = await startRawServer((socket) => socket.write(response(200, 'ok')));
    const registry = open();
    const first = registry.acquire(configs(clusterConfig(server.port)));
    const cluster = first.get('backend');
    assert.ok(cluster !== undefined);
    await send(cluster).recorder.over.promise;
    await settle();
    const second = registry.acquire(configs(clusterConfig(server.port)));
    first.release();
    first.release();
    assert.equal(second.get('backend'), cluster);
    assert.equal(cluster.stats.idle, 1);
    registry.destroy();
  });

  it('makes another one when anything changed, and drains the old one after its last user', async () => {
    await using server = await startRawServer((socket) => socket.write(response(200, 'ok')));
    const registry = open();
    const old = registry.acquire(configs(clusterConfig(server.port)));
    const cluster = old.get('backend');
    assert.ok(cluster !== undefined);
    await send(cluster).recorder.over.promise;
    await settle();
    const next = registry.acquire(configs(clusterConfig(server.port, { protocol: 'h2' })));
    assert.notEqual(next.get('backend'), cluster);
    assert.equal(registry.size, 2);
    assert.equal(cluster.stats.idle, 1);
    old.release();
    assert.equal(registry.size, 1);
    assert.equal(cluster.stats.connections, 0);
    registry.destroy();
  });

  it('does not know other names', () => {
    const registry = open();
    const set = registry.acquire(configs());
    assert.equal(set.get('backend'), undefined);
    assert.deepEqual([...set.values()], []);
  });
});
