/**
 * The raw value of the first query parameter called `name`, undefined when there is none. Nothing is percent-decoded,
 * as ESPv2 does for API keys (espv2 utils/http_header_utils.cc).
 */
export function findQueryParameter(query: string | undefined, name: string): string | undefined {
  if (query === undefined || query === '') return undefined;
  for (let start = 0; start <= query.length;) {
    const ampersand = query.indexOf('&', start);
    const end = ampersand < 0 ? query.length : ampersand;
    if (query.startsWith(name, start)) {
      const after = start + name.length;
      if (after === end) return '';
      if (after < end && query.charCodeAt(after) === equalsSign) return query.slice(after + 1, end);
    }
    start = end + 1;
  }
  return undefined;
}

const equalsSign = 0x3d;
