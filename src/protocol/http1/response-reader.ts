import type { ResponseHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { FieldReader, noContentLength } from './field-reader.ts';
import type { HeadScanner } from './head-scanner.ts';
import { BodyFraming } from './message-writer.ts';
import type { Http1Problem } from './problem.ts';

/** Turns a scanned head into a {@link ResponseHead}. One per connection; the members tell about the last one read. */
export class ResponseReader {
  problem: Http1Problem | undefined = undefined;
  /** How the body ends; {@link BodyFraming.NONE} also where the head speaks of a body that is not sent. */
  framing: BodyFraming = BodyFraming.NONE;
  /** The connection may serve another request. */
  keepAlive = false;
  /** The protocol of a 101, lower case. */
  switchesTo: string | undefined = undefined;
  nominated: readonly string[] = [];
  readonly #fields: FieldReader = new FieldReader('allow');

  /** The response to a request with the given method; undefined if it breaks the protocol. */
  read(scanner: HeadScanner, method: string): ResponseHead | undefined {
    const line = scanner.startLine;
    const status = parseStatusLine(line);
    this.problem = status === 0 ? 'invalid_status_line' : this.#fields.read(scanner);
    if (this.problem !== undefined) return undefined;
    const isHttp10 = line.charCodeAt(7) === 0x30;
    this.problem = this.#findProblem(status, isHttp10);
    if (this.problem !== undefined) return undefined;
    const { headers, contentLength, connection, upgrade } = this.#fields;
    const hasFalseLength = status === noContent && contentLength > 0;
    this.framing = this.#frame(status, method);
    this.nominated = connection.nominated;
    this.keepAlive =
      !connection.close &&
      (!isHttp10 || connection.keepAlive) &&
      this.framing !== BodyFraming.UNTIL_CLOSE &&
      !hasFalseLength;
    this.switchesTo = connection.upgrade ? upgrade?.toLowerCase() : undefined;
    return { status, headers, bodyLength: toBodyLength(contentLength, status) };
  }

  /**
   * RFC 9112 §6.1, RFC 9110 §8.6: what may not come with this status. The length that some backends give a 204 is
   * passed over, as other proxies do; the connection is not used again, should a body follow all the same.
   */
  #findProblem(status: number, isHttp10: boolean): Http1Problem | undefined {
    const { isChunked, contentLength } = this.#fields;
    if (isChunked && isHttp10) return 'encoding_in_http10';
    const isInterim = status < 200;
    const isWrong = (isChunked && (isInterim || status === noContent)) || (isInterim && contentLength > 0);
    return isWrong ? 'framing_without_body' : undefined;
  }

  /** RFC 9112 §6.3. */
  #frame(status: number, method: string): BodyFraming {
    const { isChunked, contentLength } = this.#fields;
    if (method === 'HEAD' || status < 200 || status === noContent || status === 304) return BodyFraming.NONE;
    if (isChunked) return BodyFraming.CHUNKED;
    if (contentLength === noContentLength) return BodyFraming.UNTIL_CLOSE;
    return contentLength === 0 ? BodyFraming.NONE : BodyFraming.LENGTH;
  }
}

const noContent = 204;

function toBodyLength(contentLength: number, status: number): number {
  if (status < 200 || status === noContent) return 0;
  return contentLength === noContentLength ? unknownLength : contentLength;
}

/** The status of `HTTP/1.x SP 3DIGIT [SP reason]` (RFC 9112 §4); 0 if it is none. A missing last blank is common. */
function parseStatusLine(line: string): number {
  if (!line.startsWith('HTTP/1.') || line.charCodeAt(8) !== 0x20) return 0;
  const minor = line.charCodeAt(7);
  if (minor !== 0x31 && minor !== 0x30) return 0;
  if (line.length > 12 && line.charCodeAt(12) !== 0x20) return 0;
  const hundreds = line.charCodeAt(9) - 0x30;
  const tens = line.charCodeAt(10) - 0x30;
  const units = line.charCodeAt(11) - 0x30;
  // NaN where the line is too short fails every comparison.
  const isStatus = hundreds >= 1 && hundreds <= 9 && tens >= 0 && tens <= 9 && units >= 0 && units <= 9;
  return isStatus ? hundreds * 100 + tens * 10 + units : 0;
}
