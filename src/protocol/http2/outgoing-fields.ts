const switchingProtocols = 101;
const colon = 0x3a;

/** RFC 9110 §15 says to take what lies above for a 5xx; clients over node:http2 would break. */
const highestStatus = 599;
const badGateway = 502;

/**
 * The status of a response over HTTP/2. What accepts a tunnel is 200 there (RFC 8441 §5); a success that is no 101 must
 * not open one, and becomes 502.
 *
 * @param isTunnel the request asks for one
 */
export function toHttp2Status(status: number, isTunnel: boolean): number {
  if (status > highestStatus) return badGateway;
  if (!isTunnel) return status;
  if (status === switchingProtocols) return 200;
  return status >= 200 && status < 300 ? badGateway : status;
}

/** Pseudo fields are the codec's own. */
export function mayBeSent(name: string): boolean {
  return name.charCodeAt(0) !== colon && !isConnectionSpecific(name);
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
