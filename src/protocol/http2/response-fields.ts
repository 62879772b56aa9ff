import type { ResponseHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';

const switchingProtocols = 101;

/** node:http2 throws on what lies above; RFC 9110 §15 says to take it for a 5xx. */
const highestStatus = 599;
const badGateway = 502;

/**
 * A response head as the flat list that node:http2 sends: `:status`, the fields, `content-length` when the length is
 * known. A 101 becomes 200 without the fields of the HTTP/1.1 handshake (RFC 8441 §5); a success that is no 101 must not
 * open a tunnel, and becomes 502.
 */
export function toResponseFields(head: ResponseHead, isTunnel: boolean): string[] {
  const { headers, bodyLength } = head;
  const opensByMistake = isTunnel && head.status >= 200 && head.status < 300;
  const status = head.status > highestStatus || opensByMistake ? badGateway : head.status;
  const accepted = isTunnel && status === switchingProtocols;
  const fields = [':status', accepted ? '200' : String(status)];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (isConnectionSpecific(name) || (accepted && name === 'sec-websocket-accept')) continue;
    fields.push(name, headers[i + 1] as string);
  }
  if (bodyLength !== unknownLength && status !== 204 && !accepted)
    fields.push('content-length', String(bodyLength));
  return fields;
}

/** Fields as the object that node:http2 wants for trailers and informational responses; repeated ones as arrays. */
export function toTrailerObject(headers: readonly string[]): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (isConnectionSpecific(name)) continue;
    const present = fields[name];
    if (present === undefined) fields[name] = value;
    else if (typeof present === 'string') fields[name] = [present, value];
    else present.push(value);
  }
  return fields;
}

/** Fields that HTTP/2 does not allow (RFC 9113 §8.2.2). Codecs have removed them; node:http2 would throw on one. */
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
