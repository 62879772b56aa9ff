import type { HeaderList } from '../http/headers.ts';
import { mayBeTrailer } from '../http/trailer-names.ts';
import type { HeadScanner } from './head-scanner.ts';

/**
 * The trailer fields that are passed on; undefined if none is left.
 *
 * @param nominated names that the peer's `Connection` said end here
 * @param accepts what else the owner of the connection asks of a name
 */
export function readTrailers(
  scanner: HeadScanner,
  nominated: readonly string[],
  accepts: (name: string) => boolean,
): HeaderList | undefined {
  const kept: HeaderList = [];
  for (let field = 0; field < scanner.fieldCount; field++) {
    const name = scanner.fieldName(field);
    if (mayBeTrailer(name) && !nominated.includes(name) && accepts(name))
      kept.push(name, scanner.fieldValue(field));
  }
  return kept.length > 0 ? kept : undefined;
}
