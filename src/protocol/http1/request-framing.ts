import type { RequestHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { isToken } from './octets.ts';
import type { OutgoingHead } from './message-writer.ts';
import { BodyFraming } from './message-writer.ts';

/** Methods whose empty body is worth saying (RFC 9110 §8.6). */
const anticipateContent: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * A request as it goes out; undefined if its method, target or authority could be read as something else than one
 * request line and one `Host`.
 *
 * @param endsNow no body follows
 */
export function frameRequest(head: RequestHead, endsNow: boolean): OutgoingHead | undefined {
  const { method, target, authority, upgrade } = head;
  if (!isRequestable(head)) return undefined;
  const hasBody = !endsNow && upgrade === undefined && head.bodyLength !== 0;
  let ownLines = '';
  let framing: BodyFraming = BodyFraming.NONE;
  if (upgrade !== undefined) ownLines = `connection: upgrade\r\nupgrade: ${upgrade}\r\n`;
  else if (!hasBody) {
    if (anticipateContent.has(method)) ownLines = 'content-length: 0\r\n';
  } else if (head.bodyLength === unknownLength) {
    framing = BodyFraming.CHUNKED;
    ownLines = 'transfer-encoding: chunked\r\n';
  } else {
    framing = BodyFraming.LENGTH;
    ownLines = `content-length: ${head.bodyLength}\r\n`;
  }
  return {
    // `host` rides in the start line so that it comes first.
    startLine: `${method} ${target} HTTP/1.1\r\nhost: ${authority}\r\n`,
    headers: head.headers,
    ownLines,
    framing,
    length: framing === BodyFraming.LENGTH ? head.bodyLength : 0,
  };
}

/** Whether method, target and authority can be read as nothing else. */
export function isRequestable({ method, target, authority }: RequestHead): boolean {
  return isToken(method) && isVisible(target) && target !== '' && isVisible(authority);
}

/** Visible ASCII only: nothing that ends a word or a line. */
function isVisible(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    if (octet <= 0x20 || octet >= 0x7f) return false;
  }
  return true;
}
