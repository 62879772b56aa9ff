import type { CompileContext } from '../context.ts';
import type { Finding } from '../diagnostics/collector.ts';
import type { MappingNode, SourceNode, SourcePlace } from '../source/source-node.ts';
import type { NodeReader } from './node-reader.ts';

/** A top-level OpenAPI document while it is being read. */
export interface OpenapiDocument {
  readonly context: CompileContext;
  /** Base name of the file, the first part of every location text. */
  readonly fileName: string;
  readonly root: MappingNode;
  readonly reader: NodeReader;
  /** Objects whose fields were checked; one that thousands of references lead to is checked once. */
  readonly checked: Set<SourceNode>;
}

/** `f.yaml: Operation 'get' in path '/p'`. */
export function operationLocation(document: OpenapiDocument, verb: string, path: string): string {
  return `${document.fileName}: Operation '${verb}' in path '${path}'`;
}

/** `f.yaml: x-google-backend`. */
export function namedLocation(document: OpenapiDocument, name: string): string {
  return `${document.fileName}: ${name}`;
}

/** Reports an error in a part of a document that has a name. */
export function reportNamed(
  document: OpenapiDocument,
  name: string,
  finding: Omit<Finding, 'location'>,
): void {
  document.context.diagnostics.error({ ...finding, location: namedLocation(document, name) });
}

/** Where a finding about one part of a document belongs: its place and its location text. */
export interface Spot {
  readonly place: SourcePlace;
  readonly location: string;
}
