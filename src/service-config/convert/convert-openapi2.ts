import { parseDocument } from 'yaml';
import type { Document } from 'yaml';

import type { SourceFile } from '../compile.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { DiagnosticCollector } from '../diagnostics/collector.ts';
import { classify } from '../inputs/classify.ts';
import { baseName } from '../source/base-name.ts';
import { defaultSourceLimits } from '../source/limits.ts';
import type { SourceLimits } from '../source/limits.ts';
import { parseSource } from '../source/parse-source.ts';
import type { SourceText } from '../source/source-text.ts';
import { convertRoot } from './convert-root.ts';
import { entriesAt, reportLoss } from './conversion.ts';
import type { Conversion, TargetVersion } from './conversion.ts';
import { mediaTypes } from './operations.ts';
import { toJsonText } from './to-json-text.ts';
import { asMap, copyOf, get, writeOutAliases } from './yaml-tree.ts';

/** What to make of a document. */
export interface ConvertOptions {
  readonly to: TargetVersion;
  readonly format: 'yaml' | 'json';
  /** What the file may cost. Default {@link convertLimits}. */
  readonly limits?: SourceLimits;
}

/** `text` is absent exactly when the file is no OpenAPI 2.0 document that can be read. */
export interface ConvertResult {
  readonly text: string | undefined;
  /** What the converted document does not say any more (warnings), and what has to be put right in it (errors). */
  readonly diagnostics: readonly Diagnostic[];
}

/** The tree that keeps comments takes a kilobyte a value at worst, so files are smaller than for compiling. */
export const convertLimits: SourceLimits = {
  ...defaultSourceLimits,
  maxFileBytes: 4 * 1024 * 1024,
  maxExpandedNodes: 400_000,
};

const defaultMediaType = 'application/json';

/**
 * Converts an OpenAPI 2.0 document with Google's extensions to 3.0 or 3.1 with those of 3.x. Order, comments and styles
 * stay where the parts they belong to stay. Pure; never throws for what the file contains.
 */
export function convertOpenapi2(file: SourceFile, options: ConvertOptions): ConvertResult {
  const diagnostics = new DiagnosticCollector();
  const fileName = baseName(file.path);
  const parsed = parseSource(file, options.limits ?? convertLimits);
  if (parsed.kind === 'unreadable') {
    const message = `Unable to parse the content. ${parsed.message}`;
    const { hint, place } = parsed;
    diagnostics.error({ rule: 'unreadable', location: fileName, message, hint, at: place });
    return { text: undefined, diagnostics: diagnostics.list() };
  }
  const kind = classify(parsed.root);
  const document = kind === 'openapi2' ? readDocument(parsed.source) : undefined;
  const conversion = document && startConversion(document, parsed.source, options.to, diagnostics);
  if (conversion === undefined) {
    const message =
      kind === 'openapi3' ? 'The document is OpenAPI 3.x already.' : 'The file is no OpenAPI 2.0 document.';
    diagnostics.error({ rule: 'convert-input', location: fileName, message, at: parsed.root });
    return { text: undefined, diagnostics: diagnostics.list() };
  }
  convertRoot(conversion);
  return { text: render(conversion.document, options.format), diagnostics: diagnostics.list() };
}

/** Reads the text again, this time with its comments. It is known to be good. */
function readDocument(source: SourceText): Document {
  return parseDocument(source.text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
}

function startConversion(
  document: Document,
  source: SourceText,
  to: TargetVersion,
  diagnostics: DiagnosticCollector,
): Conversion | undefined {
  const alias = writeOutAliases(document);
  const root = asMap(document.contents);
  if (root === undefined) return undefined;
  const shared = [...entriesAt(root, 'parameters')].map(([name, node]) => [name, copyOf(node)] as const);
  const conversion: Conversion = {
    to,
    document,
    root,
    source,
    fileName: baseName(source.path),
    diagnostics,
    sharedParameters: new Map(shared),
    consumes: mediaTypes(get(root, 'consumes')) ?? [defaultMediaType],
    produces: mediaTypes(get(root, 'produces')) ?? [defaultMediaType],
  };
  if (alias !== undefined)
    reportLoss(conversion, {
      rule: 'convert-aliases',
      message: 'Aliases are written out, since their places in the document become different.',
      at: alias,
    });
  return conversion;
}

function render(document: Document, format: ConvertOptions['format']): string {
  if (format === 'yaml') return document.toString({ lineWidth: 0, flowCollectionPadding: false });
  return `${toJsonText(document.toJS({ mapAsMap: true }))}\n`;
}
