/** Error codes of RFC 9113 §7, as node:http2's `constants` have them, which are not there before it is loaded. */
export const Http2Error = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
} as const;

/** The flag of a HEADERS frame that ends its stream (RFC 9113 §6.2). */
export const endStreamFlag = 0x1;
