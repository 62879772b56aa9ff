import { create, createFileRegistry } from '@bufbuild/protobuf';
import type { FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorProto, FileDescriptorSet } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { Inputs } from '../inputs/load-inputs.ts';
import { interpretOptions, isBuiltIn } from '../proto-source/interpret-options.ts';
import type { OptionTools } from '../proto-source/interpret-options.ts';
import { linkProtos } from '../proto-source/link-protos.ts';
import { parseProtos } from '../proto-source/parse-protos.ts';
import type { OptionStatement, ProtoFile } from '../proto-source/proto-file.ts';
import { wellKnownImports } from '../proto-source/well-known-files.ts';
import { checkDefinitions } from './check-definitions.ts';
import { checkDescriptors } from './check-descriptors.ts';
import { indexDescriptors } from './descriptors.ts';
import type { DescriptorNames, Descriptors } from './descriptors.ts';
import { readDescriptorSets } from './read-descriptor-sets.ts';
import { sortByImports } from './sort-by-imports.ts';

/**
 * Reads all protobuf files: descriptor sets, `.proto` sources, and the well-known files that the sources import. Undefined
 * when something is wrong with them, which is reported.
 */
export function loadDescriptors(
  { descriptors, protos }: Pick<Inputs, 'descriptors' | 'protos'>,
  context: CompileContext,
): Descriptors | undefined {
  const compiled = readDescriptorSets(descriptors, context);
  const parsed = parseProtos(protos, context);
  if (compiled === undefined || context.diagnostics.hasErrors) return undefined;
  const submitted = [...compiled, ...parsed.map(({ proto }) => proto)];
  const files = sortByImports(
    [
      ...wellKnownImports(
        parsed.map(({ proto }) => proto),
        submitted,
      ),
      ...submitted,
    ],
    parsed,
    context,
  );
  if (files === undefined) return undefined;

  const names = indexNames(files, context);
  const scopes = linkProtos(parsed, files, names, context);
  if (context.diagnostics.hasErrors) return undefined;
  for (const [file, scope] of scopes)
    interpret(file, isBuiltIn, { scopes: scope, context, registry: undefined });
  checkDescriptors(files, names, context);
  checkDefinitions(files, names, context);
  if (context.diagnostics.hasErrors) return undefined;

  const set = create(FileDescriptorSetSchema, { file: files });
  const registry = toRegistry(set, context);
  if (registry === undefined) return undefined;
  for (const [file, scope] of scopes)
    interpret(file, (option) => !isBuiltIn(option), { scopes: scope, context, registry });
  return context.diagnostics.hasErrors ? undefined : { set, registry, names };
}

function interpret(file: ProtoFile, wanted: (option: OptionStatement) => boolean, tools: OptionTools): void {
  interpretOptions(file, file.options.filter(wanted), tools);
}

function indexNames(files: readonly FileDescriptorProto[], context: CompileContext): DescriptorNames {
  return indexDescriptors(files, (name, proto, file, other) => {
    const origin = context.origins.of(proto);
    context.diagnostics.error({
      rule: 'duplicate-name',
      location: origin?.location ?? file.name,
      message:
        file === other
          ? `'${name}' is defined more than once in '${file.name}'.`
          : `'${name}' is defined in '${file.name}' and in '${other.name}'.`,
      at: origin?.place,
    });
  });
}

/** What the checks before did not find is found by the library that will use the descriptors. */
function toRegistry(set: FileDescriptorSet, context: CompileContext): FileRegistry | undefined {
  try {
    return createFileRegistry(set);
  } catch (error) {
    // The library throws plain Errors for descriptors that contradict themselves.
    const message = error instanceof Error ? error.message : String(error);
    context.diagnostics.error({ rule: 'descriptor-invalid', location: toplevelLocation, message });
    return undefined;
  }
}
