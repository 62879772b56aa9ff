import type { Diagnostic } from '../../diagnostic.ts';
import { createContext } from '../../context.ts';
import { DiagnosticCollector } from '../../diagnostics/collector.ts';
import type { Descriptors } from '../../grpc/descriptors.ts';
import { loadDescriptors } from '../../grpc/load-descriptors.ts';

/** Compiles `.proto` texts by their paths, with nothing around them. */
export function compileProtos(files: Readonly<Record<string, string>>): {
  readonly descriptors: Descriptors | undefined;
  readonly diagnostics: readonly Diagnostic[];
} {
  const diagnostics = new DiagnosticCollector();
  const protos = Object.entries(files).map(([path, text]) => ({
    path,
    contents: new TextEncoder().encode(text),
  }));
  const descriptors = loadDescriptors(
    { descriptors: [], protos },
    createContext({ producerProjectId: '' }, diagnostics),
  );
  return { descriptors, diagnostics: diagnostics.list() };
}
