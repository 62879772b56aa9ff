import { isConnectionSpecific, isPseudoField } from './field-kinds.ts';

const switchingProtocols = 101;

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
  return !isPseudoField(name) && !isConnectionSpecific(name);
}
