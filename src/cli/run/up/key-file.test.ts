import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { ConfigError } from '../../../core/errors.ts';
import { readKeyFile, writeKeyFile } from './key-file.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const text = JSON.stringify({
  client_email: 'robot@p.iam.gserviceaccount.com',
  private_key_id: 'kid',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  token_uri: 'http://127.0.0.1:1111/token',
  client_x509_cert_url: 'http://127.0.0.1:1111/robot/v1/metadata/x509/robot',
});

function keyPath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-up-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'key.json');
}

describe('writeKeyFile', () => {
  it('points every URL of the file at the control plane, for its owner alone', (context) => {
    const path = keyPath(context);
    writeKeyFile(path, text, 'http://127.0.0.1:2222');
    assert.equal(readFileSync(path, 'utf8'), text.replaceAll('1111', '2222'));
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });
});

describe('readKeyFile', () => {
  it('finds nothing where there is no file', (context) => {
    assert.equal(readKeyFile(keyPath(context)), undefined);
  });

  it('says what to do about a file that was cut off, and quotes nothing of it', (context) => {
    const path = keyPath(context);
    writeFileSync(path, text.slice(0, 200));
    assert.throws(
      () => readKeyFile(path),
      (error) =>
        error instanceof ConfigError &&
        error.message === `${path}: is not JSON; remove it, and the next start makes another`,
    );
  });
});
