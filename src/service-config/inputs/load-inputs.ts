import { posix } from 'node:path';

import type { SourceFile } from '../compile.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { DiagnosticCollector } from '../diagnostics/collector.ts';
import { baseName } from '../source/base-name.ts';
import type { SourceLimits } from '../source/limits.ts';
import { parseSource } from '../source/parse-source.ts';
import { countValues } from '../source/source-node.ts';
import { SourceSet } from '../source/source-set.ts';
import type { SourceDocument } from '../source/source-set.ts';
import { SourceText } from '../source/source-text.ts';
import { classify } from './classify.ts';
import type { DocumentKind } from './classify.ts';

/** A document with what it is. */
export interface InputDocument extends SourceDocument {
  readonly kind: DocumentKind;
}

/** The submitted files, read and told apart. */
export interface Inputs {
  readonly documents: readonly InputDocument[];
  /** Files that are no documents: compiled descriptor sets. */
  readonly descriptors: readonly SourceFile[];
  /** Files of protobuf source. */
  readonly protos: readonly SourceFile[];
  readonly sources: SourceSet;
}

const documentExtensions = ['yaml', 'yml', 'json'];
const descriptorPattern = /\.(?:pb|descriptor|proto\.bin)$/i;

/** Reads all files under the limits. What cannot be read is reported and left out. */
export function loadInputs(
  files: readonly SourceFile[],
  limits: SourceLimits,
  diagnostics: DiagnosticCollector,
): Inputs {
  const accepted = refuseOversized(files, limits, diagnostics) ? [] : uniquePaths(files, diagnostics);
  const descriptors = accepted.filter(({ path }) => descriptorPattern.test(path));
  const protos = accepted.filter(({ path }) => /\.proto$/i.test(path));
  const texts = accepted.filter((file) => !descriptors.includes(file) && !protos.includes(file));
  const documents = loadDocuments(texts, limits, diagnostics);
  return { documents, descriptors, protos, sources: new SourceSet(documents, limits) };
}

function refuseOversized(
  files: readonly SourceFile[],
  limits: SourceLimits,
  diagnostics: DiagnosticCollector,
): boolean {
  const bytes = files.reduce((sum, file) => sum + file.contents.byteLength, 0);
  const message =
    files.length > limits.maxFiles
      ? `${files.length} files were submitted; at most ${limits.maxFiles} are read.`
      : bytes > limits.maxTotalBytes
        ? `The submitted files have ${bytes} bytes; at most ${limits.maxTotalBytes} are read.`
        : undefined;
  if (message !== undefined) diagnostics.error({ rule: 'input-size', location: toplevelLocation, message });
  return message !== undefined;
}

function uniquePaths(files: readonly SourceFile[], diagnostics: DiagnosticCollector): SourceFile[] {
  const byPath = new Map<string, SourceFile>();
  for (const file of files) {
    const path = posix.normalize(file.path);
    if (byPath.has(path)) {
      const message = `File '${path}' was submitted more than once.`;
      diagnostics.error({ rule: 'file-twice', location: baseName(path), message });
    } else {
      byPath.set(path, { path, contents: file.contents });
    }
  }
  return [...byPath.values()];
}

function loadDocuments(
  files: readonly SourceFile[],
  limits: SourceLimits,
  diagnostics: DiagnosticCollector,
): InputDocument[] {
  let { maxExpandedNodes } = limits;
  return files.flatMap((file) => {
    const document = loadDocument(file, { ...limits, maxExpandedNodes }, diagnostics);
    if (document === undefined) return [];
    if (files.length > 1) maxExpandedNodes -= countValues(document.root);
    return [document];
  });
}

function loadDocument(
  file: SourceFile,
  limits: SourceLimits,
  diagnostics: DiagnosticCollector,
): InputDocument | undefined {
  const name = baseName(file.path);
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1) : '';
  if (!documentExtensions.includes(extension.toLowerCase())) {
    diagnostics.error({
      rule: 'file-extension',
      location: name,
      message: `OpenAPI file '${name}' has invalid extension '${extension}'. Only files with {${documentExtensions.join(', ')}} file extensions are allowed.`,
      at: { source: new SourceText(file.path, ''), offset: 0 },
    });
    return undefined;
  }
  const parsed = parseSource(file, limits);
  if (parsed.kind === 'document') return { ...parsed, kind: classify(parsed.root) };
  diagnostics.error({
    rule: 'unreadable',
    location: name,
    message: `Unable to parse the content. ${parsed.message}`,
    hint: parsed.hint,
    at: parsed.place,
  });
  return undefined;
}
