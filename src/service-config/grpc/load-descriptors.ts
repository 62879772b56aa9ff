import { createFileRegistry, create } from '@bufbuild/protobuf';
import type { FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { FileDescriptorSet } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { toplevelLocation } from '../diagnostics/collector.ts';
import type { Inputs } from '../inputs/load-inputs.ts';
import { checkDescriptors } from './check-descriptors.ts';
import { indexDescriptors } from './descriptors.ts';
import type { Descriptors } from './descriptors.ts';
import { readDescriptorSets } from './read-descriptor-sets.ts';
import { sortByImports } from './sort-by-imports.ts';

/** Reads and checks all protobuf files. Undefined when something is wrong with them, which is reported. */
export function loadDescriptors(inputs: Inputs, context: CompileContext): Descriptors | undefined {
  const files = readDescriptorSets(inputs.descriptors, context);
  const sorted = files === undefined ? undefined : sortByImports(files, context);
  if (sorted === undefined) return undefined;
  const names = indexDescriptors(sorted, (name, proto, file, other) => {
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
  checkDescriptors(sorted, names, context);
  if (context.diagnostics.hasErrors) return undefined;
  const set = create(FileDescriptorSetSchema, { file: [...sorted] });
  const registry = toRegistry(set, context);
  return registry === undefined ? undefined : { set, registry, names };
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
