import type { ResponseHead } from '../http/stream.ts';
import { unknownLength } from '../http/stream.ts';
import { isConnectionSpecific, isPseudoField } from './field-kinds.ts';
import { parseLength } from './incoming-fields.ts';

const threeDigits = /^[1-9]\d\d$/;
const noContent = 204;
const notModified = 304;

/**
 * The response head of a field list that HPACK has decoded (RFC 9113 §8.3.2); undefined if it is malformed. The syntax
 * of names and values has been checked. `bodyLength` is what content-length says, save that a 204 has no body.
 */
export function readResponse(fields: readonly string[]): ResponseHead | undefined {
  const status = fields[1] ?? '';
  if (fields[0] !== ':status' || !threeDigits.test(status)) return undefined;
  const head: ResponseHead = { status: Number(status), headers: [], bodyLength: unknownLength };
  // RFC 9113 §8.6: there is no switching of protocols.
  if (head.status === 101) return undefined;
  for (let i = 2; i < fields.length; i += 2) {
    const name = fields[i] as string;
    const value = fields[i + 1] as string;
    if (name === 'content-length') {
      const length = parseLength(value);
      if (length < 0 || head.bodyLength !== unknownLength) return undefined;
      head.bodyLength = length;
    } else if (isPseudoField(name) || isConnectionSpecific(name)) return undefined;
    else head.headers.push(name, value);
  }
  if (head.status < 200 && head.bodyLength > 0) return undefined;
  if (head.status === noContent) head.bodyLength = 0;
  return head;
}

/** A response that has no content whatever its head says (RFC 9110 §6.4.1). */
export function isBodiless(isHead: boolean, status: number): boolean {
  return isHead || status === noContent || status === notModified;
}

/** A response whose content-length is about another one (RFC 9110 §8.6). */
export function hasForeignLength(isHead: boolean, status: number): boolean {
  return isHead || status === notModified;
}
