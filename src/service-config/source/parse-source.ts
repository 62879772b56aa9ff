import type { SourceFile } from '../compile.ts';
import type { SourceLimits } from './limits.ts';
import { parseJson } from './parse-json.ts';
import { parsePlainYaml } from './parse-plain-yaml.ts';
import { parseYaml } from './parse-yaml.ts';
import type { SourceNode, SourcePlace } from './source-node.ts';
import { SourceProblem } from './source-problem.ts';
import { SourceText } from './source-text.ts';

/** A file as a tree, or why it is none. */
export type ParsedSource =
  | { readonly kind: 'document'; readonly source: SourceText; readonly root: SourceNode }
  | {
      readonly kind: 'unreadable';
      readonly message: string;
      readonly hint: string | undefined;
      /** Undefined when the bytes are no text at all. */
      readonly place: SourcePlace | undefined;
    };

/** Reads a JSON or YAML file. Never throws; the cost is linear in the size of the file. */
export function parseSource(file: SourceFile, limits: SourceLimits): ParsedSource {
  if (file.contents.byteLength > limits.maxFileBytes)
    return unreadable(
      `The file has ${file.contents.byteLength} bytes; at most ${limits.maxFileBytes} are read.`,
    );
  const text = decodeUtf8(file.contents);
  if (text === undefined) return unreadable('The file is not UTF-8 text.');
  // Line ends of Windows are line ends, YAML 1.2 §5.4; lines and columns stay what they are.
  const source = new SourceText(file.path, text.replaceAll('\r\n', '\n'));
  try {
    return { kind: 'document', source, root: parseText(source, limits) };
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    return {
      kind: 'unreadable',
      message: error.message,
      hint: error.hint,
      place: { source, offset: error.offset },
    };
  }
}

/** JSON is YAML, and its own parser is an order of magnitude faster: it is tried whenever a brace comes first. */
function parseText(source: SourceText, limits: SourceLimits): SourceNode {
  if (/\.json$/i.test(source.path)) return parseJson(source, limits);
  if (/^\s*\{/.test(source.text)) {
    try {
      return parseJson(source, limits);
    } catch (error) {
      if (!(error instanceof SourceProblem)) throw error;
    }
  }
  const plain = parsePlainYaml(source, limits);
  return plain.kind === 'tree' ? plain.root : parseYaml(source, limits, plain.offset);
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function unreadable(message: string): ParsedSource {
  return { kind: 'unreadable', message, hint: undefined, place: undefined };
}
