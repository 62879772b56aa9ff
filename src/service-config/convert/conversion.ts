import { Scalar } from 'yaml';
import type { Document, Node } from 'yaml';

import type { DiagnosticCollector } from '../diagnostics/collector.ts';
import type { SourceText } from '../source/source-text.ts';
import { get, pairsOf, take } from './yaml-tree.ts';
import type { YamlMap } from './yaml-tree.ts';

/** Versions that a document can be converted to. */
export type TargetVersion = '3.0' | '3.1';

/** What all parts of one conversion share. */
export interface Conversion {
  readonly to: TargetVersion;
  readonly document: Document;
  readonly root: YamlMap;
  readonly source: SourceText;
  /** Base name of the file, for findings. */
  readonly fileName: string;
  readonly diagnostics: DiagnosticCollector;
  /** Parameters of the document's root by name, before anything of them is changed. */
  readonly sharedParameters: ReadonlyMap<string, Node>;
  /** Media types of bodies and of answers where an operation says nothing. */
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
}

/** Something that the converted document does not say any more. */
export interface Loss {
  readonly rule: string;
  readonly message: string;
  readonly hint?: string;
  readonly at: Node | undefined;
}

/** Notes a loss: a warning, since the converted document still compiles. */
export function reportLoss(conversion: Conversion, { rule, message, hint, at }: Loss): void {
  conversion.diagnostics.warning({ rule, message, hint, ...placeOf(conversion, at) });
}

/** Notes something that the converted document gets wrong without a change by hand. */
export function reportProblem(conversion: Conversion, { rule, message, hint, at }: Loss): void {
  conversion.diagnostics.error({ rule, message, hint, ...placeOf(conversion, at) });
}

function placeOf(
  { source, fileName }: Conversion,
  at: Node | undefined,
): { location: string; at: { source: SourceText; offset: number } } {
  return { location: fileName, at: { source, offset: at?.range?.[0] ?? 0 } };
}

/** Removes fields that had no meaning in 2.0 and would suddenly have one. */
export function dropForeign(conversion: Conversion, map: YamlMap, names: readonly string[]): void {
  for (const name of names) {
    const pair = take(map, name);
    if (pair === undefined) continue;
    reportLoss(conversion, {
      rule: 'convert-foreign-field',
      message: `Field '${name}' had no effect in OpenAPI 2.0 and would have one in 3.x; it is left out.`,
      at: pair.key,
    });
  }
}

/** A new scalar. */
export function scalar(value: unknown): Scalar {
  return new Scalar(value);
}

/** Entries of a mapping at the root. */
export function entriesAt(root: YamlMap, key: string): ReadonlyMap<string, Node> {
  return new Map(pairsOf(get(root, key)).map(([name, value]) => [name, value]));
}
