import { findKnownFieldName, hashFieldNameOctet, knownFieldNames } from '../http1/field-names.ts';
import { isValueOctet, Octet, tokenLower } from '../http1/octets.ts';

/** By octet: 1 where a field name may have it: a token character (RFC 9110 §5.6.2) that is no upper-case letter. */
const isNameOctet: Uint8Array = tokenLower.map((lower, octet) => (lower !== 0 && lower === octet ? 1 : 0));

/** Whether the octets at `start`…`end` are a field name of HTTP/2 (RFC 9113 §8.2.1), a pseudo field's included. */
export function isFieldName(octets: Uint8Array, start: number, end: number): boolean {
  let at = octets[start] === Octet.COLON ? start + 1 : start;
  if (at >= end) return false;
  for (; at < end; at++) if (isNameOctet[octets[at] as number] === 0) return false;
  return true;
}

/** Whether the octets at `start`…`end` are a field value: no control but TAB, no blank around (RFC 9113 §8.2.1). */
export function isFieldValue(octets: Uint8Array, start: number, end: number): boolean {
  if (hasBlankEnd(octets, start, end)) return false;
  // An imported table would be fetched again for each octet.
  const isAllowed = isValueOctet;
  for (let at = start; at < end; at++) if (isAllowed[octets[at] as number] === 0) return false;
  return true;
}

/** Whether the octets at `start`…`end` begin or end with SP or TAB. */
export function hasBlankEnd(octets: Uint8Array, start: number, end: number): boolean {
  return start < end && (isBlank(octets[start] as number) || isBlank(octets[end - 1] as number));
}

/** The shared string of the name at `start`…`end`, if it is one of the names that requests often have. */
export function findSharedName(octets: Uint8Array, start: number, end: number): string | undefined {
  let hash = 0;
  for (let at = start; at < end; at++) hash = hashFieldNameOctet(hash, octets[at] as number);
  const id = findKnownFieldName(octets, start, end, hash);
  return id === 0 ? undefined : knownFieldNames[id];
}

function isBlank(octet: number): boolean {
  return octet === Octet.SP || octet === Octet.TAB;
}
