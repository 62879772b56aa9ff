/** The few DER forms (ITU-T X.690) that a certificate is made of. Every function returns one complete TLV. */

const tag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectId: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context: 0x80,
  contextConstructed: 0xa0,
} as const;

export function sequence(...parts: readonly Uint8Array[]): Buffer {
  return wrap(tag.sequence, Buffer.concat(parts));
}

export function set(...parts: readonly Uint8Array[]): Buffer {
  return wrap(tag.set, Buffer.concat(parts));
}

/** `[n] EXPLICIT`. */
export function explicit(n: number, part: Uint8Array): Buffer {
  return wrap(tag.contextConstructed | n, part);
}

/** `[n] IMPLICIT` of a primitive form. */
export function implicit(n: number, content: Uint8Array): Buffer {
  return wrap(tag.context | n, content);
}

/** A non-negative integer, most significant byte first. */
export function integer(bytes: Uint8Array): Buffer {
  const first = bytes[0] ?? 0;
  return wrap(tag.integer, first >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function boolean(value: boolean): Buffer {
  return wrap(tag.boolean, Buffer.of(value ? 0xff : 0));
}

/** @param unusedBits of the last byte */
export function bitString(bytes: Uint8Array, unusedBits: number = 0): Buffer {
  return wrap(tag.bitString, Buffer.concat([Buffer.of(unusedBits), bytes]));
}

export function octetString(bytes: Uint8Array): Buffer {
  return wrap(tag.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return wrap(tag.utf8String, Buffer.from(text, 'utf8'));
}

/** @param dotted such as `2.5.4.3` */
export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return wrap(tag.objectId, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** UTCTime before 2050, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
export function time(epochMs: number): Buffer {
  const digits = new Date(epochMs).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return new Date(epochMs).getUTCFullYear() < 2050
    ? wrap(tag.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : wrap(tag.generalizedTime, Buffer.from(digits, 'latin1'));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

function wrap(tagByte: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tagByte), length(content.length), content]);
}

function length(n: number): Buffer {
  if (n < 0x80) return Buffer.of(n);
  const bytes: number[] = [];
  for (let rest = n; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}
