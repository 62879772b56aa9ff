import type { HeaderList } from '../http/headers.ts';
import type { HeadScanner } from './head-scanner.ts';

/**
 * Fields that mean something before the body only, so that a trailer must not bring them (RFC 9110 §6.5.1): framing,
 * routing, request modifiers, authentication, how to read the content.
 */
const headOnlyNames: ReadonlySet<string> = new Set(
  `age authentication-info authorization cache-control connection content-encoding content-length content-location
  content-range content-type cookie date expect expires forwarded from host if-match if-modified-since if-none-match
  if-range if-unmodified-since keep-alive location max-forwards origin pragma proxy-authenticate
  proxy-authentication-info proxy-authorization proxy-connection range referer retry-after set-cookie te trailer
  transfer-encoding upgrade vary via warning www-authenticate x-api-key x-http-method-override`.split(/\s+/),
);

/** Whether a trailer field of this name may be passed on as far as HTTP is concerned. */
export function mayBeTrailer(name: string): boolean {
  return !headOnlyNames.has(name) && !name.startsWith('content-') && !name.startsWith('x-forwarded-');
}

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
