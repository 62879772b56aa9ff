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

/** Whether a trailer field of this name, lower case, may be passed on as far as HTTP is concerned. */
export function mayBeTrailer(name: string): boolean {
  return !headOnlyNames.has(name) && !name.startsWith('content-') && !name.startsWith('x-forwarded-');
}
