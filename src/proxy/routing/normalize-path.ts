/** How a request's path is prepared for routing. */
export interface PathOptions {
  /** Dot segments, backslashes and escapes of unreserved characters. Default true; flag `--disable_normalize_path`. */
  readonly normalize: boolean;
  /** `//` becomes `/`. Default true; flag `--disable_merge_slashes_in_path`. */
  readonly mergeSlashes: boolean;
  /** `%2F` and `%5C` cause a redirect. Default false; flag `--disallow_escaped_slashes_in_path`. */
  readonly redirectEscapedSlashes: boolean;
}

/** The defaults of both generations. */
export const defaultPathOptions: PathOptions = {
  normalize: true,
  mergeSlashes: true,
  redirectEscapedSlashes: false,
};

/** Why a target goes no further. The reply has no message. */
export interface PathRejection {
  /** 307 only with a `location`. gRPC callers cannot follow one: they are answered 400. */
  readonly httpStatus: 307 | 400 | 404;
  readonly responseCodeDetails: string;
  /** New path and query. */
  readonly location?: string;
}

const malformed: PathRejection = { httpStatus: 400, responseCodeDetails: 'path_normalization_failed' };
const missing: PathRejection = { httpStatus: 404, responseCodeDetails: 'missing_path_rejected' };
const notAbsolute: PathRejection = { httpStatus: 404, responseCodeDetails: 'absolute_path_rejected' };

/**
 * Prepares a request target (path and query) for everything that comes after the codec; returns the same string when
 * nothing is to do. The query is never touched. Source: Envoy path_utility.cc, Chromium url_canon_path.cc.
 */
export function normalizeTarget(target: string, options: PathOptions): string | PathRejection {
  if (target === '') return missing;
  if (target.charCodeAt(0) !== slash) return notAbsolute;
  if (isPlain(target)) return target;
  if (target.includes('#')) return malformed;
  const mark = target.indexOf('?');
  const query = mark < 0 ? '' : target.slice(mark);
  const original = mark < 0 ? target : target.slice(0, mark);
  const unescaped = options.redirectEscapedSlashes ? unescapeSlashes(original) : original;
  let path = unescaped;
  if (options.normalize) {
    const normalized = normalizePath(path);
    if (normalized === undefined) return malformed;
    path = normalized;
  }
  if (options.mergeSlashes && path.includes('//')) path = mergeSlashes(path);
  if (unescaped !== original) {
    // Differs from ESPv2: without merging, `/%2Fhost` would send the client to another host.
    if (namesHost.test(path)) return malformed;
    return { httpStatus: 307, responseCodeDetails: 'path_normalization_failed', location: path + query };
  }
  return path + query;
}

/** How browsers read `//host` and `/\\host`. */
const namesHost = /^\/[/\\]/;

const slash = 0x2f;
const dot = 0x2e;
const question = 0x3f;
const percent = 0x25;

/** By character code: 1 for those that stay as they are wherever they stand. `/` and `.` depend on their neighbours. */
const plainCharacters = characterClass(
  "!$&'()*+,-0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz~",
);
const unreservedCharacters = characterClass(
  '-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~',
);
const hexDigits = characterClass('0123456789ABCDEFabcdef');
/** Characters that are escaped: blank, control characters, everything beyond ASCII and these. */
const escapedCharacters = characterClass(' "<>^`{|}');

/** Whether nothing in a target would be changed or refused: the usual case, in one pass without allocation. */
function isPlain(target: string): boolean {
  let previous = 0;
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (plainCharacters[code] !== 1) {
      if (code === question) return target.indexOf('#', i) < 0;
      if (code !== slash && code !== dot) return false;
      if (previous === slash) return false;
    }
    previous = code;
  }
  return true;
}

function unescapeSlashes(path: string): string {
  return path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
}

function mergeSlashes(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return `/${segments.join('/')}${path.endsWith('/') ? '/' : ''}`;
}

/** Undefined for a path with NUL. */
function normalizePath(path: string): string | undefined {
  const segments: string[] = [];
  const raw = path.slice(1).split(/[/\\]/);
  for (const [index, part] of raw.entries()) {
    const segment = normalizeSegment(part);
    if (segment === undefined) return undefined;
    const isDots = segment === '.' || segment === '..';
    if (segment === '..') segments.pop();
    if (!isDots) segments.push(segment);
    else if (index === raw.length - 1) segments.push('');
  }
  return `/${segments.join('/')}`;
}

function normalizeSegment(part: string): string | undefined {
  let text = '';
  /** Where `%` without two hex digits stands in `text`. */
  let strayPercent = -1;
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i);
    if (code === 0) return undefined;
    if (code !== percent) {
      text += isEscaped(code) ? escapeCharacter(code) : part[i];
    } else if (hexDigits[part.charCodeAt(i + 1)] === 1 && hexDigits[part.charCodeAt(i + 2)] === 1) {
      const decoded = Number.parseInt(part.slice(i + 1, i + 3), 16);
      if (decoded === 0) return undefined;
      text += unreservedCharacters[decoded] === 1 ? String.fromCharCode(decoded) : part.slice(i, i + 3);
      i += 2;
    } else {
      strayPercent = text.length;
      text += '%';
    }
    if (completesEscape(text, strayPercent)) {
      // Decoding must not make an escape that was not there: `%%34%31` would turn into `%41`.
      text = `${text.slice(0, strayPercent)}%25${text.slice(strayPercent + 1)}`;
      strayPercent = -1;
    }
  }
  return text;
}

function completesEscape(text: string, strayPercent: number): boolean {
  if (strayPercent < 0) return false;
  return (
    hexDigits[text.charCodeAt(strayPercent + 1)] === 1 && hexDigits[text.charCodeAt(strayPercent + 2)] === 1
  );
}

function isEscaped(code: number): boolean {
  return code < 0x20 || code >= 0x7f || escapedCharacters[code] === 1;
}

function escapeCharacter(code: number): string {
  return `%${(code & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
}

function characterClass(characters: string): Uint8Array {
  const members = new Uint8Array(128);
  for (const character of characters) members[character.charCodeAt(0)] = 1;
  return members;
}
