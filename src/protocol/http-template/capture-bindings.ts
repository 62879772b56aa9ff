import type { HttpTemplate } from './http-template.ts';

const slash = 0x2f;

/**
 * The variables of a template that matches `path`, as field path and raw text in turn, in template order. Text stays
 * percent-encoded. Trailing slashes are no part of a value unless a verb follows them. The path must match: this does
 * not check. Source: espv2 path_matcher.
 */
export function captureBindings(template: HttpTemplate, path: string): readonly string[] {
  if (template.variables.length === 0) return noBindings;
  const bodyEnd = endOfBody(template, path);
  const bindings: string[] = [];
  let segment = 0;
  let position = 1;
  for (const { fieldPath, start, end } of template.variables) {
    const wildcard = template.doubleWildcardIndex;
    if (wildcard >= 0 && start > wildcard) {
      position = backwards(path, bodyEnd, template.segments.length - start) + 1;
    } else {
      for (; segment < start; segment++) position = nextSegment(path, position);
    }
    bindings.push(fieldPath, path.slice(position, endOf(template, path, position, start, end, bodyEnd)));
  }
  return bindings;
}

/** The bindings of templates without variables. */
export const noBindings: readonly string[] = [];

function endOfBody(template: HttpTemplate, path: string): number {
  if (template.verb === '') {
    let end = path.length;
    while (end > 1 && path.charCodeAt(end - 1) === slash) end--;
    return end;
  }
  const colon = path.length - template.verb.length - 1;
  const endsInWildcard = template.doubleWildcardIndex === template.segments.length - 1;
  return !endsInWildcard && path.charCodeAt(colon - 1) === slash ? colon - 1 : colon;
}

function endOf(
  template: HttpTemplate,
  path: string,
  position: number,
  start: number,
  end: number,
  bodyEnd: number,
): number {
  if (end === template.segments.length) return bodyEnd;
  const wildcard = template.doubleWildcardIndex;
  if (wildcard >= 0 && end > wildcard) return backwards(path, bodyEnd, template.segments.length - end);
  let next = position;
  for (let i = start; i < end; i++) next = nextSegment(path, next);
  return next - 1;
}

/** Where the segment after the one at `position` starts. */
function nextSegment(path: string, position: number): number {
  const next = path.indexOf('/', position);
  return (next < 0 ? path.length : next) + 1;
}

/** Index of the slash in front of the last `count` segments before `end`. */
function backwards(path: string, end: number, count: number): number {
  let index = end;
  for (let i = 0; i < count; i++) index = path.lastIndexOf('/', index - 1);
  return index;
}
