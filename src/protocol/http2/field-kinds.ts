const colon = 0x3a;

/** Fields that stand for what HTTP/1.1 has in its first line (RFC 9113 §8.3). */
export function isPseudoField(name: string): boolean {
  return name.charCodeAt(0) === colon;
}

/** Fields that HTTP/2 does not allow (RFC 9113 §8.2.2). */
export function isConnectionSpecific(name: string): boolean {
  switch (name) {
    case 'connection':
    case 'keep-alive':
    case 'proxy-connection':
    case 'transfer-encoding':
    case 'upgrade':
    case 'http2-settings':
      return true;
    default:
      return false;
  }
}
