import { toNumber } from './parse-json.ts';

/** Thrown where a text leaves the part of YAML that the fast parser reads. Says nothing about what is wrong, if anything. */
export class NotPlain extends Error {
  override readonly name: string = 'NotPlain';
}

const mayBeTyped = /^[-+.\d~nNtTfF]/;
const number = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;

/** Value of unquoted text by YAML 1.2's core schema. */
export function resolvePlain(text: string): string | number | bigint | boolean | null {
  if (!mayBeTyped.test(text)) return text;
  switch (text) {
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    default:
      break;
  }
  if (number.test(text)) return toNumber(text);
  // Octal, hexadecimal, infinities: rare enough to leave to the complete parser.
  if (/^[-+]?(?:0[ox]|\.(?:inf|nan)$)/i.test(text)) throw new NotPlain();
  return text;
}

/** Lines of plain or folded text as one: a line break becomes a space, each empty line a line break. */
export function foldLines(lines: readonly string[]): string {
  let text = '';
  let breaks = 0;
  for (const line of lines) {
    if (line === '') {
      breaks += 1;
      continue;
    }
    text += (text === '' ? '\n'.repeat(breaks) : breaks === 0 ? ' ' : '\n'.repeat(breaks)) + line;
    breaks = 0;
  }
  return text;
}

/** A quoted string that starts at `start` and ends before `limit`, the end of its line. */
export function readQuoted(
  text: string,
  start: number,
  limit: number,
): { readonly value: string; readonly end: number } {
  return text.charAt(start) === "'"
    ? readSingleQuoted(text, start, limit)
    : readDoubleQuoted(text, start, limit);
}

function readSingleQuoted(text: string, start: number, limit: number): { value: string; end: number } {
  for (let at = start + 1; at < limit; at++) {
    if (text.charAt(at) !== "'") continue;
    if (text.charAt(at + 1) !== "'")
      return { value: text.slice(start + 1, at).replaceAll("''", "'"), end: at + 1 };
    at += 1;
  }
  throw new NotPlain();
}

function readDoubleQuoted(text: string, start: number, limit: number): { value: string; end: number } {
  for (let at = start + 1; at < limit; at++) {
    const character = text.charAt(at);
    if (character < ' ') throw new NotPlain();
    if (character === '\\') at += 1;
    else if (character === '"') return { value: unescape(text.slice(start, at + 1)), end: at + 1 };
  }
  throw new NotPlain();
}

/** Only the escapes that JSON has too; YAML's others are rare. */
function unescape(quoted: string): string {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  if (/\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(quoted.replaceAll('\\\\', ''))) throw new NotPlain();
  return JSON.parse(quoted) as string;
}
