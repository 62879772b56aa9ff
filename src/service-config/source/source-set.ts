import type { SourceLimits } from './limits.ts';
import { parseReference, pointerSegments } from './reference.ts';
import type { SourceNode } from './source-node.ts';
import type { SourceText } from './source-text.ts';

/** A submitted JSON or YAML file, read. */
export interface SourceDocument {
  readonly source: SourceText;
  readonly root: SourceNode;
}

/** What a `$ref` leads to. */
export type ResolvedReference =
  | {
      readonly kind: 'resolved';
      readonly node: SourceNode;
      /** Last segment of the pointer, or the base name of the file without its extension. */
      readonly name: string;
    }
  /** The reference names something that was not submitted: a URL, an absolute path, a file of the disk. */
  | { readonly kind: 'outside'; readonly reference: string }
  | { readonly kind: 'missing'; readonly reference: string }
  | { readonly kind: 'circular'; readonly reference: string };

/** The submitted documents by their paths. References are resolved among them and nowhere else. */
export class SourceSet {
  readonly documents: ReadonlyMap<string, SourceDocument>;
  readonly #limits: SourceLimits;

  constructor(documents: readonly SourceDocument[], limits: SourceLimits) {
    this.documents = new Map(documents.map((document) => [document.source.path, document]));
    this.#limits = limits;
  }

  /** Follows a reference, and the reference it leads to, until there is a value. `from` is the file it stands in. */
  resolve(reference: string, from: SourceText): ResolvedReference {
    let current: ResolvedReference = this.#step(reference, from);
    for (let hops = 1; current.kind === 'resolved'; hops++) {
      const next = referenceOf(current.node);
      if (next === undefined) return current;
      if (hops >= this.#limits.maxReferenceHops) return { kind: 'circular', reference };
      current = this.#step(next, current.node.source);
    }
    return current;
  }

  /** Follows a reference once: the result may be a reference itself. */
  resolveOnce(reference: string, from: SourceText): ResolvedReference {
    return this.#step(reference, from);
  }

  #step(reference: string, from: SourceText): ResolvedReference {
    const target = parseReference(reference, from.path);
    if (target === undefined) return { kind: 'outside', reference };
    const document = this.documents.get(target.path);
    if (document === undefined) return { kind: 'outside', reference };
    let node: SourceNode | undefined = document.root;
    const segments = pointerSegments(target.pointer);
    for (const segment of segments) node = step(node, segment);
    if (node === undefined) return { kind: 'missing', reference };
    return { kind: 'resolved', node, name: segments.at(-1) ?? baseNameWithoutExtension(target.path) };
  }
}

/** Text of `$ref`, when a node is a reference. */
export function referenceOf(node: SourceNode): string | undefined {
  if (node.kind !== 'mapping') return undefined;
  const value = node.entries.get('$ref')?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
}

function step(node: SourceNode | undefined, segment: string): SourceNode | undefined {
  if (node?.kind === 'mapping') return node.entries.get(segment)?.value;
  if (node?.kind === 'sequence' && /^(?:0|[1-9]\d*)$/.test(segment)) return node.items[Number(segment)];
  return undefined;
}

function baseNameWithoutExtension(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');
}
