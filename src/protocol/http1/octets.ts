/** ASCII octets that the codec looks for. */
export const Octet = {
  TAB: 0x09,
  LF: 0x0a,
  CR: 0x0d,
  SP: 0x20,
  DQUOTE: 0x22,
  COLON: 0x3a,
  SEMICOLON: 0x3b,
  EQUALS: 0x3d,
  BACKSLASH: 0x5c,
} as const;

/** By octet: the lower-case form of a token character (RFC 9110 §5.6.2), 0 for every other octet. */
export const tokenLower: Uint8Array = byOctet((octet) => {
  const char = String.fromCharCode(octet);
  return /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(char) ? char.toLowerCase().charCodeAt(0) : 0;
});

/** By octet: 1 where a field value may have it: TAB, blank, visible ASCII, 0x80 and up (RFC 9110 §5.5). */
export const isValueOctet: Uint8Array = byOctet((octet) =>
  octet === Octet.TAB || (octet >= 0x20 && octet !== 0x7f) ? 1 : 0,
);

/** By octet: 1 where a request line may have it: blank and visible ASCII. */
export const isRequestLineOctet: Uint8Array = byOctet((octet) => (octet >= 0x20 && octet < 0x7f ? 1 : 0));

/** By octet: the value of a hexadecimal digit, 255 for every other octet. */
export const hexValue: Uint8Array = byOctet((octet) => {
  const char = String.fromCharCode(octet);
  return /[0-9a-fA-F]/.test(char) ? Number.parseInt(char, 16) : 255;
});

/** Whether `text` is a token (RFC 9110 §5.6.2). */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (!tokenLower[text.charCodeAt(i)]) return false;
  return text.length > 0;
}

function byOctet(value: (octet: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, octet) => value(octet));
}
