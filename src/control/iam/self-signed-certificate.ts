import { createPublicKey, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { der, derInteger, derObjectId, derSequence, derTime } from './der.ts';

const signAsync = promisify<string, Buffer, KeyObject, Buffer>(sign);

const sha256WithRsa = derSequence(derObjectId('1.2.840.113549.1.1.11'), der(0x05));
const commonName = '2.5.4.3';
const basicConstraints = '2.5.29.19';
const keyUsage = '2.5.29.15';
const serialBytes = 8;

/** What a certificate says. */
export interface CertificateSubject {
  readonly commonName: string;
  readonly validAfterMs: number;
  readonly validBeforeMs: number;
}

/** A self-signed X.509 v3 certificate in PEM over an RSA key, for signatures only. Source: RFC 5280. */
export async function createSelfSignedCertificate(
  privateKey: KeyObject,
  subject: CertificateSubject,
): Promise<string> {
  const body = toBeSigned(privateKey, subject);
  const signature = await signAsync('RSA-SHA256', body, privateKey);
  const certificate = derSequence(body, sha256WithRsa, der(0x03, Buffer.of(0), signature));
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function toBeSigned(privateKey: KeyObject, subject: CertificateSubject): Buffer {
  const name = derSequence(
    der(0x31, derSequence(derObjectId(commonName), der(0x0c, Buffer.from(subject.commonName)))),
  );
  const serial = randomBytes(serialBytes);
  // Within seven bits, so that no serial is taken for a negative one.
  serial[0] = ((serial[0] as number) & 0x7f) | 0x40;
  return derSequence(
    der(0xa0, derInteger(Buffer.of(2))),
    derInteger(serial),
    sha256WithRsa,
    name,
    derSequence(derTime(subject.validAfterMs), derTime(subject.validBeforeMs)),
    name,
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    der(0xa3, derSequence(notAnAuthority(), digitalSignature())),
  );
}

function notAnAuthority(): Buffer {
  return derSequence(derObjectId(basicConstraints), critical, der(0x04, derSequence()));
}

function digitalSignature(): Buffer {
  // A BIT STRING of one bit, the first: seven are unused.
  return derSequence(derObjectId(keyUsage), critical, der(0x04, der(0x03, Buffer.of(7, 0x80))));
}

const critical = der(0x01, Buffer.of(0xff));
