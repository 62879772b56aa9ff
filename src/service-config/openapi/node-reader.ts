import type { DiagnosticCollector } from '../diagnostics/collector.ts';
import { describeKind } from '../source/source-node.ts';
import type { MappingNode, SequenceNode, SourceNode, SourcePlace } from '../source/source-node.ts';

/** Reads values of one document and reports those of a wrong shape, in Service Management's words. */
export class NodeReader {
  readonly #diagnostics: DiagnosticCollector;
  readonly #fileName: string;

  constructor(diagnostics: DiagnosticCollector, fileName: string) {
    this.#diagnostics = diagnostics;
    this.#fileName = fileName;
  }

  /** `what` names the value in the message: `info.version`. Undefined when absent or reported. */
  string(node: SourceNode | undefined, what: string): string | undefined {
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'string') return node.value;
    const isBareWord = node.kind === 'scalar' && node.value !== null;
    this.mismatch(node, what, 'a string', isBareWord ? `Put the value of ${what} in quotes.` : undefined);
    return undefined;
  }

  boolean(node: SourceNode | undefined, what: string): boolean | undefined {
    if (node === undefined) return undefined;
    if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value;
    this.mismatch(node, what, 'true or false');
    return undefined;
  }

  mapping(node: SourceNode | undefined, what: string): MappingNode | undefined {
    if (node === undefined || node.kind === 'mapping') return node;
    this.mismatch(node, what, 'a mapping');
    return undefined;
  }

  sequence(node: SourceNode | undefined, what: string): SequenceNode | undefined {
    if (node === undefined || node.kind === 'sequence') return node;
    this.mismatch(node, what, 'a sequence');
    return undefined;
  }

  /** Value of a key that must be there. */
  required(parent: MappingNode, key: string, what: string): SourceNode | undefined {
    const value = parent.entries.get(key)?.value;
    if (value === undefined) this.problem(parent, `${what} is missing.`);
    return value;
  }

  mismatch(node: SourceNode, what: string, expected: string, hint?: string): void {
    this.problem(node, `${what}: expected ${expected}, found ${describeKind(node)}.`, hint);
  }

  /** Reports that the document does not have the shape of an OpenAPI document. */
  problem(at: SourcePlace, detail: string, hint?: string): void {
    this.#diagnostics.error({
      rule: 'schema',
      location: this.#fileName,
      message: `Invalid OpenAPI file. Please fix the schema errors:\n${detail}`,
      hint,
      at,
    });
  }
}
