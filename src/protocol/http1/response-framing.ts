import type { HeaderList } from '../http/headers.ts';
import { getHeader } from '../http/headers.ts';
import type { RequestHead, ResponseHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { statusLine } from './status-line.ts';
import type { OutgoingHead } from './message-writer.ts';
import { BodyFraming } from './message-writer.ts';

/** What the connection decides about a response. */
export interface ResponseChoices {
  /** The response's head is all there is of it. */
  readonly end: boolean;
  /** The connection closes after it. */
  readonly close: boolean;
  /** The `date` line to use if the response has none. */
  readonly dateLine: string;
}

/**
 * A final response as it goes out: the given fields, then the framing that the body's length asks for (RFC 9112 §6.3),
 * then `connection`.
 */
export function frameResponse(
  request: RequestHead,
  head: ResponseHead,
  choices: ResponseChoices,
): OutgoingHead {
  const { status, headers, bodyLength } = head;
  let ownLines = '';
  let framing: BodyFraming = BodyFraming.NONE;
  let length = 0;
  if (getHeader(headers, 'date') === undefined) ownLines = choices.dateLine;
  if (request.method === 'HEAD' || status === 204 || status === 304) {
    // RFC 9110 §8.6: a 204 has no content-length; the others say what a GET would have got.
    if (status !== 204 && bodyLength >= 0) ownLines += `content-length: ${bodyLength}\r\n`;
  } else if (choices.end || bodyLength !== unknownLength) {
    length = choices.end ? 0 : bodyLength;
    framing = BodyFraming.LENGTH;
    ownLines += `content-length: ${length}\r\n`;
  } else if (request.version === 'HTTP/1.0') {
    framing = BodyFraming.UNTIL_CLOSE;
  } else {
    framing = BodyFraming.CHUNKED;
    ownLines += 'transfer-encoding: chunked\r\n';
  }
  if (choices.close) ownLines += 'connection: close\r\n';
  else if (request.version === 'HTTP/1.0') ownLines += 'connection: keep-alive\r\n';
  return { startLine: statusLine(status), headers, ownLines, framing, length };
}

/** `101 Switching Protocols` (RFC 9110 §15.2.2). */
export function frameSwitch(protocol: string, headers: HeaderList): OutgoingHead {
  return {
    startLine: statusLine(101),
    headers,
    ownLines: `connection: upgrade\r\nupgrade: ${protocol}\r\n`,
    framing: BodyFraming.UNTIL_CLOSE,
    length: 0,
  };
}

/** A response to a request that is refused: the last one of its connection. */
export function frameRejection(
  response: { readonly status: number; readonly headers: HeaderList; readonly body: Uint8Array },
  options: { readonly isHead: boolean; readonly dateLine: string },
): OutgoingHead {
  const { length } = response.body;
  return {
    startLine: statusLine(response.status),
    headers: response.headers,
    ownLines: `${options.dateLine}content-length: ${length}\r\nconnection: close\r\n`,
    framing: options.isHead ? BodyFraming.NONE : BodyFraming.LENGTH,
    length,
  };
}
