import type { Secret } from '../../core/secret.ts';
import type { TokenSource } from './token-source.ts';

/** Always the same token, such as the owner's token of a control plane on this machine. */
export function createStaticTokenSource(token: Secret): TokenSource {
  return { token: () => token, close: () => Promise.resolve() };
}
