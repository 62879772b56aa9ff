/** A token of protobuf source. `offset` and `end` are UTF-16 offsets in the text. */
export type Token = (
  | { readonly kind: 'identifier'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  /** Strings are bytes: `"\xff"` is one, and no text. */
  | { readonly kind: 'string'; readonly bytes: Uint8Array }
  | { readonly kind: 'symbol'; readonly text: string }
  | { readonly kind: 'end' }
) & { readonly offset: number; readonly end: number };

/** What a token is, in a message. */
export function describeToken(token: Token, text: string): string {
  if (token.kind === 'end') return 'the end of the file';
  const shown = text.slice(token.offset, token.end);
  return `'${shown.length > maxShown ? `${shown.slice(0, maxShown)}…` : shown}'`;
}

const maxShown = 40;
