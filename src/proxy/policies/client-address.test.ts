import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  appendForwardedFor,
  isInternalRequest,
  parseTrustedProxies,
  resolveClientAddress,
} from './client-address.ts';
import type { ClientAddressPolicy } from './client-address.ts';

const peer = '203.0.113.9';
/** Default of `--xff_trusted_proxy_list`. */
const defaultTrustedProxies = '0.0.0.0/0, 0::/0';
const fifty = Array.from({ length: 50 }, (_, i) => `10.0.0.${i}`).join(', ');

function hops(count: number, useRemoteAddress = false, fromForwarded = false): ClientAddressPolicy {
  return { kind: 'trusted-hops', useRemoteAddress, hops: count, fromForwarded };
}

function proxies(list: string, header?: string, position = 0): ClientAddressPolicy {
  const parsed = parseTrustedProxies(list);
  assert.ok(parsed.kind === 'proxies');
  return { kind: 'trusted-proxies', proxies: parsed.proxies, header, position };
}

const byHops: ReadonlyArray<
  readonly [policy: ClientAddressPolicy, lines: readonly string[], expected: string]
> = [
  [hops(2), [], peer],
  [hops(2), ['1.2.3.4, 8.8.8.8, 9.9.9.9'], '1.2.3.4'],
  [hops(2), ['0.0.0.1, 1.2.3.4, 8.8.8.8, 9.9.9.9'], '1.2.3.4'],
  [hops(2), ['1.2.3.4, 8.8.8.8'], peer],
  [hops(2), [fifty], '10.0.0.47'],
  [hops(2), ['1.2.3.4', '8.8.8.8', '9.9.9.9'], '1.2.3.4'],
  [hops(0), ['1.2.3.4'], '1.2.3.4'],
  [hops(0), ['2001:db8::1'], '2001:db8::1'],
  [hops(0), ['[2001:db8::1]'], peer],
  [hops(0), ['1.2.3.4:80'], peer],
  [hops(0), ['fe80::1%eth0'], peer],
  [hops(0), ['unknown'], peer],
  [hops(0), ['1.2.3.4,'], peer],
  [hops(1), ['1.2.3.4,'], '1.2.3.4'],
  [hops(3), [',,,'], peer],
  [hops(0, true), ['1.2.3.4'], peer],
  [hops(1, true), ['1.2.3.4, 8.8.8.8'], '8.8.8.8'],
  [hops(2, true), ['1.2.3.4, 8.8.8.8'], '1.2.3.4'],
  [hops(3, true), ['1.2.3.4, 8.8.8.8'], peer],
];

describe('resolveClientAddress by trusted hops', () => {
  for (const [policy, lines, expected] of byHops) {
    const { hops: count, useRemoteAddress } = policy as Extract<
      ClientAddressPolicy,
      { kind: 'trusted-hops' }
    >;
    const name = `${count} hops${useRemoteAddress ? ' and the remote address' : ''}`;
    test(`takes ${expected} of ${JSON.stringify(lines).slice(0, 60)} with ${name}`, () => {
      const headers = lines.flatMap((line) => ['x-forwarded-for', line]);
      assert.equal(resolveClientAddress(policy, headers, peer), expected);
    });
  }
});

const forwarded: ReadonlyArray<readonly [lines: readonly string[], expected: string]> = [
  [['for=1.1.1.1, by=x;for=2.2.2.2'], '2.2.2.2'],
  [['for="[2001:db8:cafe::17]"'], '2001:db8:cafe::17'],
  [['for="1.2.3.4"'], '1.2.3.4'],
  [['for=abc'], '9.9.9.9'],
  [['by=1.2.3.4'], '9.9.9.9'],
  [['For=1.2.3.4'], '9.9.9.9'],
  [['for="1.2.3.4:80"'], '9.9.9.9'],
  [['for="[::1]:80"'], '9.9.9.9'],
  [['for=1.2.3.4', 'for=1.2.3.5'], '9.9.9.9'],
  [['for=1.2.3.4,'], '9.9.9.9'],
  [['for="1.2.3.4, 5.6.7.8"'], '9.9.9.9'],
];

describe('resolveClientAddress by Forwarded', () => {
  for (const [lines, expected] of forwarded) {
    test(`takes ${expected} of ${JSON.stringify(lines)}`, () => {
      const headers = lines.flatMap((line) => ['forwarded', line]);
      headers.push('x-forwarded-for', '9.9.9.9');
      assert.equal(resolveClientAddress(hops(0, false, true), headers, peer), expected);
    });
  }
});

describe('resolveClientAddress by trusted proxies', () => {
  const table: ReadonlyArray<readonly [policy: ClientAddressPolicy, forwardedFor: string, expected: string]> =
    [
      [proxies(defaultTrustedProxies), '1.2.3.4, 8.8.8.8', '1.2.3.4'],
      [proxies(defaultTrustedProxies), '', peer],
      [proxies('203.0.113.0/24, 10.0.0.0/8'), '1.2.3.4, 8.8.8.8, 10.1.1.1', '8.8.8.8'],
      [proxies('10.0.0.0/8'), '1.2.3.4', peer],
      [proxies(defaultTrustedProxies), 'junk, 8.8.8.8:80', '8.8.8.8'],
      [proxies(defaultTrustedProxies), '[2001:db8::1]:80', '2001:db8::1'],
      [proxies('10.0.0.0/8', 'x-forwarded-for', 0), '1.2.3.4, 8.8.8.8', '1.2.3.4'],
      [proxies('10.0.0.0/8', 'x-forwarded-for', -2), '1.2.3.4, 5.6.7.8, 8.8.8.8', '5.6.7.8'],
      [proxies('10.0.0.0/8', 'x-forwarded-for', 5), '1.2.3.4', peer],
      [proxies('10.0.0.0/8', 'x-forwarded-for', 0), 'evil"', peer],
    ];
  for (const [index, [policy, value, expected]] of table.entries()) {
    test(`takes ${expected} of '${value}' (${index})`, () => {
      assert.equal(resolveClientAddress(policy, ['x-forwarded-for', value], peer), expected);
    });
  }

  for (const list of ['10.0.0.0/33', 'ten', '::/129', '10.0.0.0/8/8', '10.0.0.0/x']) {
    test(`refuses the proxy list '${list}'`, () => {
      const result = parseTrustedProxies(list);
      assert.ok(result.kind === 'error');
      assert.match(result.problem, new RegExp(`'${list.replaceAll('.', '\\.')}'`));
    });
  }
});

describe('appendForwardedFor', () => {
  const table: ReadonlyArray<readonly [name: string, remote: string, before: string[], after: string[]]> = [
    ['adds the peer', peer, [], ['x-forwarded-for', peer]],
    ['joins without a blank', peer, ['x-forwarded-for', '1.1.1.1'], ['x-forwarded-for', `1.1.1.1,${peer}`]],
    ["adds its own address for a loopback peer's", '127.0.0.1', [], ['x-forwarded-for', '192.0.2.1']],
  ];
  for (const [name, remoteAddress, before, after] of table) {
    test(name, () => {
      appendForwardedFor(before, { remoteAddress, localAddress: '192.0.2.1' });
      assert.deepEqual(before, after);
    });
  }
});

describe('isInternalRequest', () => {
  const table: ReadonlyArray<
    readonly [policy: ClientAddressPolicy, xff: string[], client: string, internal: boolean]
  > = [
    [hops(0), ['10.0.0.1'], '10.0.0.1', true],
    [hops(0), ['10.0.0.1, 10.0.0.2'], '10.0.0.2', false],
    [hops(0), [], '10.0.0.1', false],
    [hops(2), ['10.0.0.1'], '10.0.0.1', false],
    [hops(0, true), [], '192.168.1.1', true],
    [hops(0, true), [], 'fd00::1', true],
    [hops(0, true), [], '127.0.0.2', false],
    [hops(0, true), [], peer, false],
    [hops(0, true), ['10.0.0.1'], '10.0.0.1', false],
  ];
  for (const [index, [policy, xff, client, internal]] of table.entries()) {
    test(`calls ${client} ${internal ? 'internal' : 'external'} (${index})`, () => {
      assert.ok(policy.kind === 'trusted-hops');
      const headers = xff.flatMap((line) => ['x-forwarded-for', line]);
      assert.equal(isInternalRequest(policy, headers, client), internal);
    });
  }
});
