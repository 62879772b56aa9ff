import type { SourceFile } from '../compile.ts';
import type { CompileContext } from '../context.ts';
import { baseName } from '../source/base-name.ts';
import { defaultSourceLimits } from '../source/limits.ts';
import type { SourcePlace } from '../source/source-node.ts';
import { SourceProblem } from '../source/source-problem.ts';
import { SourceText } from '../source/source-text.ts';
import type { DefinitionBudget } from './parse-context.ts';
import { parseProto } from './parse-proto.ts';
import type { ProtoFile } from './proto-file.ts';
import { decodeText } from './token-stream.ts';

/** Parses the submitted `.proto` files. One that is not in the grammar is reported and left out. */
export function parseProtos(files: readonly SourceFile[], context: CompileContext): ProtoFile[] {
  const budget = { definitions: 0 };
  return files.flatMap((file) => parseOne(file, budget, context) ?? []);
}

function parseOne(
  file: SourceFile,
  budget: DefinitionBudget,
  context: CompileContext,
): ProtoFile | undefined {
  const location = baseName(file.path);
  const report = (message: string, at?: SourcePlace, hint?: string): undefined =>
    void context.diagnostics.error({ rule: 'proto-syntax', location, message, hint, at });
  const { maxFileBytes } = context.options.limits ?? defaultSourceLimits;
  const size = file.contents.byteLength;
  if (size > maxFileBytes) return report(`The file has ${size} bytes; at most ${maxFileBytes} are read.`);
  const text = decodeText(file.contents);
  if (text === undefined) return report('The file is not UTF-8 text.');
  const source = new SourceText(file.path, text);
  try {
    const parsed = parseProto(source, context.origins, budget);
    if (!parsed.hasSyntax) warnOfSyntax(source, context);
    return parsed;
  } catch (error) {
    if (!(error instanceof SourceProblem)) throw error;
    return report(error.message, { source, offset: error.offset }, error.hint);
  }
}

function warnOfSyntax(source: SourceText, context: CompileContext): void {
  context.diagnostics.warning({
    rule: 'proto-syntax-missing',
    location: baseName(source.path),
    message: 'The file names no syntax and is read as proto2.',
    hint: 'Write syntax = "proto3"; or syntax = "proto2"; first.',
    at: { source, offset: 0 },
  });
}
