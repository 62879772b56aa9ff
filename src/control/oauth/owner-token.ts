import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../core/replace-file.ts';
import { Secret } from '../../core/secret.ts';
import { lookupHash } from '../../store/hash.ts';
import type { Store } from '../../store/store.ts';

const settingName = 'owner-token-sha256';
const fileName = 'owner-token';
const tokenPrefix = 'gho_';
const tokenBytes = 32;

/**
 * The owner's token, which may do everything. The first start writes it to `<folder>/owner-token`, readable by its
 * owner alone; the store keeps only its hash. Deleting the file and starting again makes another and ends the old one.
 */
export async function ensureOwnerToken(store: Store, folder: string): Promise<Secret> {
  const path = join(folder, fileName);
  const known = await store.settings.get(settingName);
  if (known !== undefined && existsSync(path)) {
    const token = readFileSync(path, 'utf8').trim();
    if (lookupHash(token) === known.reveal()) {
      // A copy may have come back from a backup under another mode.
      chmodSync(path, 0o600);
      return new Secret(token);
    }
  }
  const token = `${tokenPrefix}${randomBytes(tokenBytes).toString('base64url')}`;
  await store.settings.put(settingName, new Secret(lookupHash(token)));
  replaceFile(path, `${token}\n`);
  return new Secret(token);
}

/** Whether a bearer token is the owner's. */
export async function isOwnerToken(store: Store, token: string): Promise<boolean> {
  if (!token.startsWith(tokenPrefix)) return false;
  const known = await store.settings.get(settingName);
  if (known === undefined) return false;
  return timingSafeEqual(Buffer.from(known.reveal()), Buffer.from(lookupHash(token)));
}
