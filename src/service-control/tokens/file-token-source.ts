import { readFileSync, statSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';
import { errorMessage } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { tokenUnavailable, type TokenSource } from './token-source.ts';

/** How long a token is used before the file is looked at again: mounted secrets are replaced in place. */
const recheckMs = 10_000;

/**
 * An access token kept in a file by somebody else: a mounted secret, or the owner's token that the control plane writes
 * at its first start. White space around it is ignored; a replaced file is noticed within ten seconds, and a file that
 * has become unreadable leaves the last good token in use.
 */
export function createFileTokenSource(path: string, clock: Clock): TokenSource {
  let current: { readonly token: Secret; readonly stamp: string } | undefined;
  let checkedAtMs = 0;
  return {
    token() {
      const nowMs = clock.monotonicMs();
      if (current !== undefined && nowMs - checkedAtMs < recheckMs) return current.token;
      checkedAtMs = nowMs;
      try {
        const { mtimeMs, size, ino } = statSync(path);
        const stamp = `${mtimeMs} ${size} ${ino}`;
        if (current?.stamp !== stamp) current = { token: readToken(path), stamp };
      } catch (error) {
        if (current === undefined) throw tokenUnavailable(`${path}: ${errorMessage(error)}`, error);
      }
      return current.token;
    },
    close: () => Promise.resolve(),
  };
}

function readToken(path: string): Secret {
  const text = readFileSync(path, 'utf8').trim();
  if (!/^[\x21-\x7e]+$/.test(text)) throw new TypeError('holds no token');
  return new Secret(text);
}
