/** Longest referrer that is looked at; a longer one matches nothing. */
const maxLength = 8192;

/**
 * Whether a referrer matches a pattern of browser key restrictions: `[scheme://]host[:port][/path]`, where `*` in the
 * host stands for any text without a slash and in the path for any text. A pattern without a scheme means any; one
 * without a path means the root. Host and scheme are compared without case. Source: API Keys restrictions guide.
 */
export function matchesReferrer(pattern: string, referrer: string): boolean {
  if (referrer.length > maxLength || !URL.canParse(referrer)) return false;
  const url = new URL(referrer);
  const wanted = splitPattern(pattern);
  if (wanted.scheme !== '' && !matchesGlob(wanted.scheme.toLowerCase(), url.protocol.slice(0, -1)))
    return false;
  return (
    matchesGlob(wanted.host.toLowerCase(), url.host) &&
    matchesGlob(wanted.path, `${url.pathname}${url.search}`)
  );
}

/** Whether a text matches a pattern in which `*` stands for any text. Takes time in proportion to the two lengths. */
export function matchesGlob(pattern: string, text: string): boolean {
  let [p, t] = [0, 0];
  let [starAt, resumeAt] = [-1, 0];
  while (t < text.length) {
    if (p < pattern.length && pattern[p] === '*') {
      starAt = p++;
      resumeAt = t;
    } else if (p < pattern.length && pattern[p] === text[t]) {
      p++;
      t++;
    } else if (starAt >= 0) {
      // The last star takes one more character; earlier ones need no second try.
      p = starAt + 1;
      t = ++resumeAt;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function splitPattern(pattern: string): { scheme: string; host: string; path: string } {
  const schemeEnd = pattern.indexOf('://');
  const scheme = schemeEnd < 0 ? '' : pattern.slice(0, schemeEnd);
  const rest = schemeEnd < 0 ? pattern : pattern.slice(schemeEnd + 3);
  const slash = rest.indexOf('/');
  return slash < 0
    ? { scheme, host: rest, path: '/' }
    : { scheme, host: rest.slice(0, slash), path: rest.slice(slash) };
}
