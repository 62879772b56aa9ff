import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  parseTlsVersion,
  tlsVersionsFromSet,
  tlsVersionsFromSortedNames,
  toCipherString,
} from './tls-versions.ts';

describe('parseTlsVersion', () => {
  for (const [name, expected] of [
    ['TLSv1.0', 'TLSv1'],
    ['TLSv1.3', 'TLSv1.3'],
    ['SSLv3', undefined],
    ['toString', undefined],
  ] as const)
    it(`reads ${name} as ${String(expected)}`, () => assert.equal(parseTlsVersion(name), expected));
});

describe('tlsVersionsFromSortedNames', () => {
  for (const [names, expected] of [
    [['TLSv1.3', 'TLSv1.1'], { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.3' }],
    [['TLSv1.2'], { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }],
    [['TLSv1', 'TLSv1.2'], { maxVersion: 'TLSv1.2' }],
    [['nonsense'], {}],
    [[], {}],
  ] as const)
    it(`reads ${names.join(' ')}`, () => assert.deepEqual(tlsVersionsFromSortedNames(names), expected));
});

describe('tlsVersionsFromSet', () => {
  for (const [names, expected] of [
    [['TLSv1', 'TLSv1.2'], { minVersion: 'TLSv1', maxVersion: 'TLSv1.2' }],
    [['SSLv3', 'TLSv1.2'], { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }],
    [['SSLv3'], {}],
  ] as const)
    it(`reads ${names.join(' ')}`, () => assert.deepEqual(tlsVersionsFromSet(names), expected));
});

describe('toCipherString', () => {
  it('leaves Node its default', () => assert.equal(toCipherString([], 'TLSv1.2'), undefined));
  it('never switches TLS 1.3 off', () =>
    assert.match(toCipherString(['A'], 'TLSv1.2') ?? '', /^TLS_AES_256_GCM_SHA384:.*:A$/));
  it('flattens groups', () => assert.match(toCipherString(['[A|B]', 'C'], 'TLSv1.2') ?? '', /:A:B:C$/));
  it('lowers the security level for old versions', () =>
    assert.match(toCipherString(['A'], 'TLSv1') ?? '', /:A:@SECLEVEL=0$/));
});
