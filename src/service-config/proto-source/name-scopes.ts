import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';

import { join } from '../grpc/descriptors.ts';
import type { Defined, DefinitionKind, DescriptorNames } from '../grpc/descriptors.ts';

/** What a name means in a place, or why it means nothing. */
export type ResolvedName =
  | { readonly kind: 'found'; readonly name: string; readonly definition: DefinitionKind }
  /** The definition is in a file that is not imported. */
  | { readonly kind: 'not-imported'; readonly name: string; readonly file: string }
  /** The first piece of the name means something else further inside. */
  | { readonly kind: 'shadowed'; readonly name: string }
  | { readonly kind: 'unknown' };

/**
 * Looks up names as protoc does: from the innermost scope outwards, by the first piece of the name, in what the file
 * defines and imports.
 */
export class NameScopes {
  readonly #names: DescriptorNames;
  readonly #visible: ReadonlySet<string>;
  readonly #packages: ReadonlySet<string>;
  readonly #resolved = new Map<string, ResolvedName>();

  constructor(
    file: FileDescriptorProto,
    files: ReadonlyMap<string, FileDescriptorProto>,
    names: DescriptorNames,
  ) {
    this.#names = names;
    this.#visible = visibleFiles(file, files);
    this.#packages = packagesOf([...this.#visible].flatMap((path) => files.get(path) ?? []));
  }

  /**
   * Resolves a name. `types` passes over plain names of anything else; `all` stops at what comes first, as protoc does
   * for methods, extensions and options.
   */
  resolve(name: string, scope: string, wanted: 'types' | 'all'): ResolvedName {
    const key = `${wanted}\0${scope}\0${name}`;
    const known = this.#resolved.get(key);
    if (known !== undefined) return known;
    const found = name.startsWith('.') ? this.#absolute(name.slice(1)) : this.#search(name, scope, wanted);
    this.#resolved.set(key, found);
    return found;
  }

  #absolute(name: string): ResolvedName {
    const found = this.#find(name);
    return found === undefined
      ? this.#missing(name)
      : { kind: 'found', name: found.name, definition: found.kind };
  }

  #search(name: string, scope: string, wanted: 'types' | 'all'): ResolvedName {
    const [first = ''] = name.split('.', 1);
    const isPlain = first === name;
    for (const around of scopesOf(scope)) {
      const candidate = join(around, first);
      const found = this.#find(candidate);
      if (isPlain) {
        if (found !== undefined && (wanted === 'all' || types.has(found.kind)))
          return { kind: 'found', name: candidate, definition: found.kind };
        continue;
      }
      if (!this.#packages.has(candidate) && (found === undefined || !holdsNames.has(found.kind))) continue;
      const whole = join(around, name);
      const inside = this.#find(whole);
      if (inside !== undefined) return { kind: 'found', name: whole, definition: inside.kind };
      const missing = this.#missing(whole);
      return missing.kind === 'unknown' ? { kind: 'shadowed', name: whole } : missing;
    }
    return this.#missing(...scopesOf(scope).map((around) => join(around, name)));
  }

  #find(name: string): (Defined<object> & { readonly kind: DefinitionKind }) | undefined {
    const found = this.#names.all.get(name);
    return found !== undefined && this.#visible.has(found.file.name) ? found : undefined;
  }

  #missing(...candidates: readonly string[]): ResolvedName {
    for (const name of candidates) {
      const found = this.#names.all.get(name);
      if (found !== undefined && !this.#visible.has(found.file.name))
        return { kind: 'not-imported', name, file: found.file.name };
    }
    return { kind: 'unknown' };
  }
}

const types: ReadonlySet<DefinitionKind> = new Set(['message', 'enum']);
const holdsNames: ReadonlySet<DefinitionKind> = new Set(['message', 'enum', 'service']);

/** `a.b` → `a.b`, `a` and ''. */
function scopesOf(scope: string): string[] {
  const scopes: string[] = [];
  for (let at: string | undefined = scope; at !== undefined; at = outer(at)) scopes.push(at);
  return scopes;
}

/** `a.b` → `a` → '' → undefined. */
function outer(scope: string): string | undefined {
  if (scope === '') return undefined;
  return scope.slice(0, Math.max(0, scope.lastIndexOf('.')));
}

/** The file, what it imports, and what these import publicly. */
function visibleFiles(
  file: FileDescriptorProto,
  files: ReadonlyMap<string, FileDescriptorProto>,
): ReadonlySet<string> {
  const visible = new Set([file.name, ...file.dependency]);
  // The set grows while it is walked.
  for (const path of visible) {
    const imported = path === file.name ? undefined : files.get(path);
    for (const index of imported?.publicDependency ?? []) {
      const next = imported?.dependency[index];
      if (next !== undefined) visible.add(next);
    }
  }
  return visible;
}

function packagesOf(files: readonly FileDescriptorProto[]): ReadonlySet<string> {
  const packages = new Set<string>();
  for (const { package: name } of files)
    for (let part: string | undefined = name; part; part = outer(part)) packages.add(part);
  return packages;
}
