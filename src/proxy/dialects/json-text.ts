/**
 * A JSON string literal as protobuf's C++ JSON printer writes it, which both ESP generations use: beside what JSON
 * demands it escapes `<`, `>`, DEL and the line separators, so that a message is harmless inside HTML and JavaScript.
 */
export function jsonText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>\u007f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
