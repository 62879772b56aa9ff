import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { ConfigError, errorMessage } from '../../core/errors.ts';

/** @throws ConfigError when the file cannot be read */
export function readPemFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(file, `cannot be read: ${errorMessage(error)}`, undefined, { cause: error });
  }
}

const certificatePattern = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/**
 * A file of certificates of authorities. A TLS context would ignore one that is broken, and trust nobody.
 *
 * @throws ConfigError when the file cannot be read, has no certificate or a broken one
 */
export function readAuthoritiesFile(file: string): string {
  const text = readPemFile(file);
  const certificates = text.match(certificatePattern) ?? [];
  if (certificates.length === 0) throw new ConfigError(file, 'has no certificate');
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
  } catch (error) {
    throw new ConfigError(file, `has a broken certificate: ${errorMessage(error)}`, undefined, {
      cause: error,
    });
  }
  return text;
}

/** A text that changes whenever one of the files does; symbolic links (Kubernetes secrets) are followed. */
export function signatureOfFiles(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? 'absent' : `${stat.ino}:${stat.size}:${stat.mtimeMs}`;
    })
    .join(' ');
}
