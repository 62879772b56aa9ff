import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { generateCertificate } from './certificate.ts';

const nowMs = Date.UTC(2026, 5, 1);

describe('generateCertificate', () => {
  for (const keyType of ['rsa', 'ec'] as const)
    it(`makes a self-signed ${keyType} certificate for localhost that lasts ten years`, () => {
      const { cert, key } = generateCertificate({ nowMs, keyType });
      const certificate = new X509Certificate(cert);
      assert.equal(certificate.subject, 'CN=localhost');
      assert.equal(certificate.issuer, 'CN=localhost');
      assert.ok(certificate.verify(certificate.publicKey));
      assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
      assert.equal(certificate.checkHost('localhost'), 'localhost');
      assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
      assert.equal(certificate.checkIP('::1'), '::1');
      assert.equal(certificate.validToDate.getTime(), nowMs + 3650 * 86_400_000);
      assert.equal(certificate.validFromDate.getTime(), nowMs - 60_000);
      assert.equal(certificate.ca, false);
    });

  it('has 2048 bits with RSA', () => {
    const { cert } = generateCertificate({ nowMs });
    assert.equal(new X509Certificate(cert).publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  });

  it('lets an authority sign others', () => {
    const issuer = generateCertificate({ nowMs, commonName: 'CA', isCa: true, hosts: [], keyType: 'ec' });
    const leaf = generateCertificate({
      nowMs,
      commonName: 'leaf',
      hosts: ['a.example', '2001:db8::8:800:200c:417a'],
      issuer,
    });
    const [authority, certificate] = [new X509Certificate(issuer.cert), new X509Certificate(leaf.cert)];
    assert.equal(authority.ca, true);
    assert.ok(certificate.checkIssued(authority));
    assert.ok(certificate.verify(authority.publicKey));
    assert.equal(certificate.checkIP('2001:db8::8:800:200c:417a'), '2001:db8::8:800:200c:417a');
    assert.equal(certificate.checkHost('b.example'), undefined);
  });

  it('never repeats a serial number', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(generateCertificate({ nowMs, keyType: 'ec' }).cert).serialNumber,
    );
    assert.equal(new Set(serials).size, 20);
  });

  it('writes dates after 2049', () => {
    const { cert } = generateCertificate({ nowMs, keyType: 'ec', days: 20_000 });
    assert.equal(new X509Certificate(cert).validToDate.getTime(), nowMs + 20_000 * 86_400_000);
  });
});
