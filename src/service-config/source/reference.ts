import { posix } from 'node:path';

/** A reference taken apart: the submitted file it points into and the JSON pointer in it. */
export interface Reference {
  readonly path: string;
  /** Without the `#`; '' is the whole document. */
  readonly pointer: string;
}

/**
 * Reads a `$ref` that stands in the file `from`. Undefined for anything that is no relative path: URLs, absolute paths,
 * paths of Windows. Whether the path is that of a submitted file is for the set to say; it is never opened.
 */
export function parseReference(reference: string, from: string): Reference | undefined {
  const hash = reference.indexOf('#');
  const file = hash === -1 ? reference : reference.slice(0, hash);
  const pointer = hash === -1 ? '' : decodePercent(reference.slice(hash + 1));
  if (pointer === undefined) return undefined;
  if (file === '') return { path: from, pointer };
  const path = decodePercent(file);
  if (path === undefined || /^[a-z][a-z0-9+.-]*:|^[/\\]|\\/i.test(path)) return undefined;
  return { path: posix.join(posix.dirname(from), path), pointer };
}

/** Segments of a JSON pointer (RFC 6901), unescaped. A pointer without a leading slash is a single name. */
export function pointerSegments(pointer: string): readonly string[] {
  if (pointer === '') return [];
  const path = pointer.startsWith('/') ? pointer.slice(1) : pointer;
  return path.split('/').map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decodePercent(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
