import type { HeaderList } from '../http/headers.ts';
import { mayBeTrailer } from '../http/trailer-names.ts';
import { isPseudoField } from './field-kinds.ts';

/** More digits than any body has octets, fewer than a number can tell apart. */
const maxLengthDigits = 15;
const digits = /^\d+$/;

/** The value of a content-length field; -1 if it is none. */
export function parseLength(value: string): number {
  return value.length <= maxLengthDigits && digits.test(value) ? Number(value) : -1;
}

/**
 * Trailers as they may be passed on: nothing that frames or routes a message (RFC 9110 §6.5.1). Undefined: they are
 * malformed.
 *
 * @param accepts what else is asked of a name
 */
export function readTrailers(
  fields: readonly string[],
  accepts: (name: string) => boolean,
): HeaderList | undefined {
  const trailers: HeaderList = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string;
    if (isPseudoField(name)) return undefined;
    if (mayBeTrailer(name) && accepts(name)) trailers.push(name, fields[i + 1] as string);
  }
  return trailers;
}
