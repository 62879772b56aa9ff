import {
  X509Certificate,
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { isIP } from 'node:net';
import {
  bitString,
  boolean,
  explicit,
  implicit,
  integer,
  objectId,
  octetString,
  sequence,
  set,
  time,
  utf8String,
} from './der.ts';

/** A certificate and its private key, both PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** What {@link generateCertificate} makes. */
export interface CertificateRequest {
  /** Epoch ms; the certificate is valid from a minute before. */
  readonly nowMs: number;
  /** Default `localhost`. */
  readonly commonName?: string;
  /** DNS names and IP addresses for subjectAltName; default `localhost`, `127.0.0.1`, `::1`. */
  readonly hosts?: readonly string[];
  /** Default 3650: what ESP's own self-signed certificate lasts. */
  readonly days?: number;
  /** `rsa` is 2048 bits and the default, `ec` is P-256. */
  readonly keyType?: 'rsa' | 'ec';
  /** May sign other certificates. Default false. */
  readonly isCa?: boolean;
  /** Who signs; default itself. */
  readonly issuer?: CertificatePair;
}

const dayMs = 86_400_000;

const oid = {
  commonName: '2.5.4.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/** Tags of GeneralName (RFC 5280 §4.2.1.6). */
const dnsNameTag = 2;
const ipAddressTag = 7;

/** Makes an X.509 v3 certificate (RFC 5280); with the defaults, that of `--generate_self_signed_cert`. */
export function generateCertificate(request: CertificateRequest): CertificatePair {
  const { nowMs, commonName = 'localhost', days = 3650, isCa = false, issuer } = request;
  const pair =
    request.keyType === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signingKey = issuer?.key ?? key;
  const algorithm = signatureAlgorithm(signingKey);
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'der' });
  const issuerKey = issuer === undefined ? publicKey : publicKeyOf(issuer.cert);
  const body = sequence(
    explicit(0, integer(Buffer.of(2))),
    integer(serialNumber()),
    algorithm,
    issuer === undefined ? name(commonName) : name(commonNameOf(issuer.cert)),
    sequence(time(nowMs - 60_000), time(nowMs + days * dayMs)),
    name(commonName),
    publicKey,
    explicit(
      3,
      sequence(
        ...extensions(request.hosts ?? ['localhost', '127.0.0.1', '::1'], isCa),
        extension(oid.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
        extension(oid.authorityKeyIdentifier, false, sequence(implicit(0, keyIdentifier(issuerKey)))),
      ),
    ),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, signingKey)));
  return { cert: toPem(certificate), key };
}

function signatureAlgorithm(key: string): Buffer {
  const isRsa = createPrivateKey(key).asymmetricKeyType === 'rsa';
  return isRsa
    ? sequence(objectId(oid.sha256WithRsa), Buffer.of(0x05, 0x00))
    : sequence(objectId(oid.ecdsaWithSha256));
}

/** 16 random bytes, positive and without leading zeros. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return bytes;
}

function name(commonName: string): Buffer {
  return sequence(set(sequence(objectId(oid.commonName), utf8String(commonName))));
}

function commonNameOf(cert: string): string {
  const match = /^CN=(.*)$/m.exec(new X509Certificate(cert).subject);
  return match?.[1] ?? '';
}

function publicKeyOf(cert: string): Buffer {
  return new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
}

/** Any digest of the key will do, as long as issuer and subject agree (RFC 5280 §4.2.1.2). */
function keyIdentifier(publicKey: Buffer): Buffer {
  return createHash('sha256').update(publicKey).digest().subarray(0, 20);
}

function extensions(hosts: readonly string[], isCa: boolean): Buffer[] {
  const list = [
    extension(oid.basicConstraints, true, isCa ? sequence(boolean(true)) : sequence()),
    // keyCertSign + cRLSign, or digitalSignature + keyEncipherment (RFC 5280 §4.2.1.3).
    extension(oid.keyUsage, true, isCa ? bitString(Buffer.of(0x06), 1) : bitString(Buffer.of(0xa0), 5)),
  ];
  if (!isCa)
    list.push(
      extension(oid.extendedKeyUsage, false, sequence(objectId(oid.serverAuth), objectId(oid.clientAuth))),
    );
  if (hosts.length > 0) list.push(extension(oid.subjectAltName, false, sequence(...hosts.map(generalName))));
  return list;
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [boolean(true)] : [];
  return sequence(objectId(id), ...critical, octetString(value));
}

function generalName(host: string): Buffer {
  if (isIP(host) === 0) return implicit(dnsNameTag, Buffer.from(host, 'latin1'));
  return implicit(
    ipAddressTag,
    isIP(host) === 4 ? Buffer.from(host.split('.').map(Number)) : ipv6Bytes(host),
  );
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => '0');
  const groups = [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
