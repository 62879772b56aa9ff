import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';

/**
 * Orders files so that each comes after those that it imports, otherwise as given. Undefined when an import is missing
 * or files import each other in a circle, which is reported.
 */
export function sortByImports(
  files: readonly FileDescriptorProto[],
  context: CompileContext,
): FileDescriptorProto[] | undefined {
  const byName = new Map(files.map((file) => [file.name, file]));
  const states = new Map<FileDescriptorProto, 'open' | 'done'>();
  const sorted: FileDescriptorProto[] = [];
  let isSound = true;
  for (const start of files) {
    // A list instead of recursion: chains of imports have no bound.
    const stack = [{ file: start, next: 0 }];
    if (states.has(start)) continue;
    states.set(start, 'open');
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const path = top.file.dependency[top.next++];
      if (path === undefined) {
        states.set(top.file, 'done');
        sorted.push(top.file);
        stack.pop();
        continue;
      }
      const imported = byName.get(path);
      if (imported === undefined) isSound = reportMissing(top.file, path, context);
      else if (states.get(imported) === 'open') isSound = reportCircle(top.file, path, context);
      else if (states.get(imported) === undefined) {
        states.set(imported, 'open');
        stack.push({ file: imported, next: 0 });
      }
    }
  }
  return isSound ? sorted : undefined;
}

function reportMissing(file: FileDescriptorProto, path: string, context: CompileContext): false {
  const message = `The file '${path}', imported by '${file.name}', is missing in the descriptor set.`;
  const hint = 'Compile with protoc --include_imports.';
  context.diagnostics.error({ rule: 'import-missing', location: file.name, message, hint });
  return false;
}

function reportCircle(file: FileDescriptorProto, path: string, context: CompileContext): false {
  const message = `The files '${file.name}' and '${path}' import each other, directly or through others.`;
  context.diagnostics.error({ rule: 'import-circle', location: file.name, message });
  return false;
}
