const space = 0x20;
const dash = 0x2d;

/** Offset behind a `---` that nothing but comments come before; 0 without one. */
export function documentStart(text: string): number {
  for (let at = 0; at < text.length;) {
    const end = lineEndFrom(text, at);
    const line = text.slice(at, end).trimEnd();
    at = end + 1;
    if (line === '---') return at;
    if (line !== '' && !line.trimStart().startsWith('#')) return 0;
  }
  return 0;
}

/** Offset of the line feed that ends the line at `start`, or of the end of the text. */
export function lineEndFrom(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end === -1 ? text.length : end;
}

/** Offset of the first character from `start` on that is no space. */
export function skipSpaces(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) === space) at += 1;
  return at;
}

/** Whether plain text may start here: no indicator, or a dash that is part of a word or number. */
export function canStartPlain(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== dash) return !/[?:,[\]{}#&*!|>'"%@`\s]/.test(text.charAt(at));
  return /[^\s,[\]{}]/.test(text.charAt(at + 1));
}
