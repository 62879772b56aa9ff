import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import type { CompileContext } from '../context.ts';
import { nearestName } from '../../core/nearest-name.ts';
import type { ProtoFile } from '../proto-source/proto-file.ts';
import { wellKnownPaths } from '../proto-source/well-known-files.ts';
import { baseName } from '../source/base-name.ts';

/**
 * Orders files so that each comes after those that it imports, otherwise as given. Undefined when an import is missing
 * or files import each other in a circle, which is reported.
 */
export function sortByImports(
  files: readonly FileDescriptorProto[],
  parsed: readonly ProtoFile[],
  context: CompileContext,
): FileDescriptorProto[] | undefined {
  const sources = new Map(parsed.map((source) => [source.proto, source]));
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
      if (imported === undefined)
        isSound = reportMissing({ file: top.file, source: sources.get(top.file), path }, files, context);
      else if (states.get(imported) === 'open')
        isSound = reportCircle({ file: top.file, source: sources.get(top.file), path }, context);
      else if (states.get(imported) === undefined) {
        states.set(imported, 'open');
        stack.push({ file: imported, next: 0 });
      }
    }
  }
  return isSound ? sorted : undefined;
}

interface Import {
  readonly file: FileDescriptorProto;
  /** Undefined for a file of a descriptor set. */
  readonly source: ProtoFile | undefined;
  readonly path: string;
}

function reportMissing(
  wanted: Import,
  files: readonly FileDescriptorProto[],
  context: CompileContext,
): false {
  const { file, source, path } = wanted;
  if (source === undefined) {
    const message = `The file '${path}', imported by '${file.name}', is missing in the descriptor set.`;
    const hint = 'Compile with protoc --include_imports.';
    context.diagnostics.error({ rule: 'import-missing', location: file.name, message, hint });
    return false;
  }
  const message = `The imported file '${path}' was not submitted.`;
  const hint = importHint(path, files);
  report({ rule: 'import-missing', message, hint }, wanted, context);
  return false;
}

function importHint(path: string, files: readonly FileDescriptorProto[]): string {
  const nearest = nearestName(path, wellKnownPaths());
  if (nearest !== undefined) return `Did you mean '${nearest}'?`;
  const namesake = files.find(({ name }) => baseName(name) === baseName(path))?.name;
  if (namesake === undefined) return 'Submit it too, by the path that it is imported with.';
  return `'${namesake}' was submitted: the path of a file has to be the one that it is imported with.`;
}

function reportCircle(wanted: Import, context: CompileContext): false {
  const message = `The files '${wanted.file.name}' and '${wanted.path}' import each other, directly or through others.`;
  report({ rule: 'import-circle', message, hint: undefined }, wanted, context);
  return false;
}

function report(
  finding: { readonly rule: string; readonly message: string; readonly hint: string | undefined },
  { file, source, path }: Import,
  context: CompileContext,
): void {
  const statement = source?.imports.find((candidate) => candidate.path === path);
  context.diagnostics.error({ ...finding, location: baseName(file.name), at: statement?.place });
}
