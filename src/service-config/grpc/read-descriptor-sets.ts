import { equals, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { SourceFile } from '../compile.ts';
import type { CompileContext } from '../context.ts';
import { baseName } from '../source/base-name.ts';

/** Reads `google.protobuf.FileDescriptorSet`s and joins their files; a file in several sets must be the same in all. */
export function readDescriptorSets(
  sets: readonly SourceFile[],
  context: CompileContext,
): FileDescriptorProto[] | undefined {
  const files = new Map<string, { readonly file: FileDescriptorProto; readonly from: string }>();
  for (const set of sets) {
    const from = baseName(set.path);
    for (const file of readSet(set, context)) {
      const known = files.get(file.name);
      if (known === undefined) files.set(file.name, { file, from });
      else if (!isSame(known.file, file)) reportConflict(file, known.from, from, context);
    }
  }
  return context.diagnostics.hasErrors ? undefined : [...files.values()].map(({ file }) => file);
}

function readSet({ path, contents }: SourceFile, context: CompileContext): readonly FileDescriptorProto[] {
  const location = baseName(path);
  const problem = (message: string): readonly FileDescriptorProto[] => {
    const hint = 'Make it with protoc --include_imports --include_source_info --descriptor_set_out=FILE';
    context.diagnostics.error({ rule: 'descriptor-unreadable', location, message, hint });
    return [];
  };
  try {
    const { file } = fromBinary(FileDescriptorSetSchema, contents);
    return file.length > 0 ? file : problem(`Descriptor set '${location}' has no files.`);
  } catch (error) {
    // The decoder throws plain Errors for bytes that are no message.
    const details = error instanceof Error ? error.message : String(error);
    return problem(`Descriptor set '${location}' cannot be parsed: ${details}`);
  }
}

/** Comments and positions do not change what a file says. */
function isSame(a: FileDescriptorProto, b: FileDescriptorProto): boolean {
  const { sourceCodeInfo: _a, ...bareA } = a;
  const { sourceCodeInfo: _b, ...bareB } = b;
  return equals(FileDescriptorProtoSchema, bareA, bareB);
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
