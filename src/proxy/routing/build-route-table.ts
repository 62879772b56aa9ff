import { captureBindings, noBindings } from '../../protocol/http-template/capture-bindings.ts';
import { anyMethod, compareTemplates } from '../../protocol/http-template/compare-templates.ts';
import { templateShape } from '../../protocol/http-template/http-template.ts';
import { TemplateTrie } from '../../protocol/http-template/template-trie.ts';
import type { TemplateTrieOptions, TrieLeaf } from '../../protocol/http-template/template-trie.ts';
import type { RouteMatch, RoutePattern, RouteResult, RouteTable } from './route-table.ts';

/** The rows of a route table, in the blocks in which they are tried. Source: espv2 route_config_generator.go. */
export interface RouteBlocks {
  /** Rows of http.rules and the gRPC paths. */
  readonly backend: readonly RoutePattern[];
  /** Generated OPTIONS rows of `allow_cors`; tried when no row of `backend` fits. */
  readonly cors: readonly RoutePattern[];
  /** The row of `--healthz`; tried last. */
  readonly health: RoutePattern | undefined;
}

/** How paths are matched. */
export interface RouteTableOptions {
  /** Flag `--disallow_colon_in_wildcard_path_segment`. Default false. */
  readonly disallowColonInWildcardPathSegment?: boolean;
  /** HEAD without a row of its own is looked up as GET. Default false; ESP v1 does. */
  readonly headFallsBackToGet?: boolean;
  /** {@link TemplateTrieOptions.registeredVerbsWin}. Default false; ESP v1 does. */
  readonly registeredVerbsWin?: boolean;
  /** {@link TemplateTrieOptions.emptyDoubleWildcard}. Default false; ESP v1 does. */
  readonly emptyDoubleWildcard?: boolean;
}

const notFound: RouteResult = { kind: 'notFound' };

/**
 * Compiles the rows. Of two rows that match the same requests the first stays: {@link findDuplicatePatterns} tells
 * about them.
 */
export function buildRouteTable(blocks: RouteBlocks, options: RouteTableOptions = {}): RouteTable {
  return new CompiledRouteTable(blocks, options);
}

/** The rows that match the same requests as one before them. */
export function findDuplicatePatterns(patterns: Iterable<RoutePattern>): RoutePattern[] {
  const seen = new Set<string>();
  const duplicates: RoutePattern[] = [];
  for (const pattern of patterns) {
    const key = rowKey(pattern);
    if (seen.has(key)) duplicates.push(pattern);
    seen.add(key);
  }
  return duplicates;
}

/** Equal for rows that match the same requests: verb and template without variable names. */
export function rowKey(pattern: RoutePattern): string {
  return `${pattern.httpMethod} ${templateShape(pattern.template)}`;
}

class CompiledRouteTable implements RouteTable {
  readonly #backend: TemplateTrie<RouteMatch>;
  readonly #cors: TemplateTrie<RouteMatch> | undefined;
  readonly #health: TemplateTrie<RouteMatch> | undefined;
  readonly #headFallsBackToGet: boolean;

  constructor(blocks: RouteBlocks, options: RouteTableOptions) {
    const trieOptions: TemplateTrieOptions = {
      disallowColon: options.disallowColonInWildcardPathSegment ?? false,
      registeredVerbsWin: options.registeredVerbsWin ?? false,
      emptyDoubleWildcard: options.emptyDoubleWildcard ?? false,
    };
    this.#backend = buildTrie(blocks.backend, trieOptions);
    this.#cors = blocks.cors.length > 0 ? buildTrie(blocks.cors, trieOptions) : undefined;
    this.#health = blocks.health === undefined ? undefined : buildTrie([blocks.health], trieOptions);
    this.#headFallsBackToGet = options.headFallsBackToGet ?? false;
  }

  match(method: string, path: string): RouteResult {
    const match = this.#find(method, path);
    if (match !== undefined) return match;
    if (this.#headFallsBackToGet && method === 'HEAD') {
      const get = this.#find('GET', path);
      if (get !== undefined) return get;
    }
    return this.#miss(path);
  }

  #find(method: string, path: string): RouteMatch | undefined {
    const entry =
      this.#backend.find(method, path) ?? this.#cors?.find(method, path) ?? this.#health?.find(method, path);
    if (entry === undefined) return undefined;
    const { value, template } = entry;
    if (template.variables.length === 0) return value;
    return {
      kind: 'method',
      method: value.method,
      pattern: value.pattern,
      bindings: captureBindings(template, path),
    };
  }

  /** 405 with the text of the most specific template that fits the path, 404 when none does. */
  #miss(path: string): RouteResult {
    const leaves = [...this.#backend.leaves(path)];
    const health = this.#health?.leaves(path)[0];
    if (health !== undefined) leaves.push(health);
    leaves.sort((a, b) => compareTemplates(a.template, b.template));
    const named = leaves.find((leaf) => leaf.entries[0]?.method !== anyMethod)?.entries[0];
    if (named === undefined) return notFound;
    return {
      kind: 'methodNotAllowed',
      template: named.template.text,
      allowedMethods: this.#allowedMethods(leaves, path),
    };
  }

  #allowedMethods(leaves: readonly TrieLeaf<RouteMatch>[], path: string): readonly string[] {
    const methods = new Set(leaves.flatMap((leaf) => leaf.entries.map((entry) => entry.method)));
    if (this.#headFallsBackToGet && methods.has('GET')) methods.add('HEAD');
    if (this.#cors?.find('OPTIONS', path) !== undefined) methods.add('OPTIONS');
    return [...methods].sort();
  }
}

function buildTrie(
  patterns: readonly RoutePattern[],
  options: TemplateTrieOptions,
): TemplateTrie<RouteMatch> {
  const trie = new TemplateTrie<RouteMatch>(options);
  for (const pattern of patterns) {
    const match: RouteMatch = { kind: 'method', method: pattern.method, pattern, bindings: noBindings };
    trie.add(pattern.httpMethod, pattern.template, match);
  }
  return trie;
}
