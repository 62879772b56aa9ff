import { equals, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { SourceFile } from '../compile.ts';
import type { CompileContext } from '../context.ts';
import { baseName } from '../source/base-name.ts';
import { defaultSourceLimits } from '../source/limits.ts';
import { countDescriptorValues, maxDescriptorValues, withoutSourceInfo } from './bound-descriptor-set.ts';

/** Reads `google.protobuf.FileDescriptorSet`s and joins their files; a file in several sets must be the same in all. */
export function readDescriptorSets(
  sets: readonly SourceFile[],
  context: CompileContext,
): FileDescriptorProto[] | undefined {
  const budget = { values: 0 };
  const files = new Map<string, { readonly file: FileDescriptorProto; readonly from: string }>();
  for (const set of sets) {
    const from = baseName(set.path);
    for (const file of readSet(set, budget, context)) {
      const known = files.get(file.name);
      if (known === undefined) files.set(file.name, { file, from });
      else if (!equals(FileDescriptorProtoSchema, known.file, file))
        reportConflict(file, known.from, from, context);
    }
  }
  return context.diagnostics.hasErrors ? undefined : [...files.values()].map(({ file }) => file);
}

function readSet(
  { path, contents }: SourceFile,
  budget: { values: number },
  context: CompileContext,
): readonly FileDescriptorProto[] {
  const location = baseName(path);
  const { maxFileBytes } = context.options.limits ?? defaultSourceLimits;
  const problem = (message: string): readonly FileDescriptorProto[] => {
    const hint = 'Make it with protoc --include_imports --include_source_info --descriptor_set_out=FILE';
    context.diagnostics.error({ rule: 'descriptor-unreadable', location, message, hint });
    return [];
  };
  if (contents.byteLength > maxFileBytes)
    return problem(`The file has ${contents.byteLength} bytes; at most ${maxFileBytes} are read.`);
  try {
    const encoded = withoutSourceInfo(contents);
    for (const file of encoded) {
      budget.values += 1 + countDescriptorValues(file);
      if (budget.values > maxDescriptorValues)
        return problem(`The descriptor sets have more than ${maxDescriptorValues} definitions.`);
    }
    if (encoded.length === 0) return problem(`Descriptor set '${location}' has no files.`);
    return encoded.map((file) => fromBinary(FileDescriptorProtoSchema, file));
  } catch (error) {
    // The decoder throws plain Errors for bytes that are no message.
    const details = error instanceof Error ? error.message : String(error);
    return problem(`Descriptor set '${location}' cannot be parsed: ${details}`);
  }
}

function reportConflict(
  file: FileDescriptorProto,
  first: string,
  second: string,
  context: CompileContext,
): void {
  context.diagnostics.error({
    rule: 'descriptor-conflict',
    location: second,
    message: `The file '${file.name}' of '${second}' is different from the one of '${first}'.`,
    hint: 'Compile all files with one call of protoc.',
  });
}
