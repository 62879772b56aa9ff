import { anyMethod, compareMethods, compareTemplates } from './compare-templates.ts';
import { doubleWildcard, isExactTemplate, singleWildcard } from './http-template.ts';
import type { HttpTemplate } from './http-template.ts';
import { toTemplateMatcher } from './template-matcher.ts';
import type { WildcardOptions } from './template-matcher.ts';

/** What {@link TemplateTrie} may do differently. */
export interface TemplateTrieOptions extends WildcardOptions {
  /**
   * A path that ends in a verb of any template matches templates with that verb only. Default false: a wildcard may
   * take the colon, and does so first. True is what ESP v1 does.
   */
  readonly registeredVerbsWin?: boolean;
  /** `/a/**` matches `/a` as well. Default false. True is what ESP v1 does. */
  readonly emptyDoubleWildcard?: boolean;
}

/** One method on one template. */
export interface TrieEntry<T> {
  readonly method: string;
  readonly template: HttpTemplate;
  readonly value: T;
}

/** All entries whose templates match the same paths, in order of {@link compareMethods}. */
export interface TrieLeaf<T> {
  readonly template: HttpTemplate;
  readonly entries: readonly TrieEntry<T>[];
}

class Leaf<T> implements TrieLeaf<T> {
  readonly template: HttpTemplate;
  readonly entries: TrieEntry<T>[] = [];
  readonly byMethod = new Map<string, TrieEntry<T>>();
  any: TrieEntry<T> | undefined = undefined;

  constructor(template: HttpTemplate) {
    this.template = template;
  }
}

class Node<T> {
  leaf: Leaf<T> | undefined = undefined;
  verbs: Map<string, Leaf<T>> | undefined = undefined;
  literals: Map<string, Node<T>> | undefined = undefined;
  single: Node<T> | undefined = undefined;
  double: DoubleNode<T> | undefined = undefined;
}

/** What follows a `**`: literal suffixes, read from the path's end. */
class DoubleNode<T> {
  readonly plain = new SuffixNode<T>();
  verbs: Map<string, SuffixNode<T>> | undefined = undefined;
}

class SuffixNode<T> {
  leaf: Leaf<T> | undefined = undefined;
  before: Map<string, SuffixNode<T>> | undefined = undefined;
}

const slash = 0x2f;

/**
 * Finds, among any number of templates, the first one in order of `comparePatterns` that matches a path and has the
 * method. Walks the path once, with a step back only where a literal and a wildcard both fit, so a lookup costs what
 * the path is deep and not what the table is long. Not re-entrant: a lookup keeps its state in the object.
 */
export class TemplateTrie<T> {
  readonly #root = new Node<T>();
  /** Paths of templates without wildcards; they come first in every order. */
  readonly #exact = new Map<string, Leaf<T>>();
  readonly #verbs = new Set<string>();
  readonly #disallowColon: boolean;
  readonly #registeredVerbsWin: boolean;
  readonly #emptyDoubleWildcard: boolean;

  #method = '';
  #path = '';
  /** Index of the colon in front of a verb that some template has, else -1. */
  #colon = -1;
  #verb = '';
  #verbOnly = false;
  #found: TrieEntry<T> | undefined = undefined;
  /** Set while all leaves are looked for instead of the first one with the method. */
  #collected: Leaf<T>[] | undefined = undefined;

  constructor(options: TemplateTrieOptions = {}) {
    this.#disallowColon = options.disallowColon ?? false;
    this.#registeredVerbsWin = options.registeredVerbsWin ?? false;
    this.#emptyDoubleWildcard = options.emptyDoubleWildcard ?? false;
  }

  /** Adds an entry; returns the one already there for the method and the same paths, and then changes nothing. */
  add(method: string, template: HttpTemplate, value: T): TrieEntry<T> | undefined {
    const leaf = this.#leafOf(template);
    const present = method === anyMethod ? leaf.any : leaf.byMethod.get(method);
    if (present !== undefined) return present;
    const entry: TrieEntry<T> = { method, template, value };
    if (method === anyMethod) leaf.any = entry;
    else leaf.byMethod.set(method, entry);
    leaf.entries.push(entry);
    leaf.entries.sort((a, b) => compareMethods(a.method, b.method));
    return undefined;
  }

  /** The first entry for a method and a path without query; undefined when there is none. */
  find(method: string, path: string): TrieEntry<T> | undefined {
    const exact = this.#exact.get(path);
    if (exact !== undefined) {
      const entry = exact.byMethod.get(method) ?? exact.any;
      if (entry !== undefined) return entry;
    }
    this.#begin(method, path);
    this.#found = undefined;
    this.#walk(this.#root, 0);
    return this.#found;
  }

  /** Everything that matches a path, whatever the method, first one first. */
  leaves(path: string): readonly TrieLeaf<T>[] {
    const collected: Leaf<T>[] = [];
    this.#begin('', path);
    this.#collected = collected;
    this.#walk(this.#root, 0);
    this.#collected = undefined;
    return collected;
  }

  #begin(method: string, path: string): void {
    this.#method = method;
    this.#path = path;
    this.#colon = -1;
    this.#verbOnly = false;
    if (this.#verbs.size === 0) return;
    const colon = path.lastIndexOf(':');
    if (colon < 0 || path.indexOf('/', colon) >= 0) return;
    const verb = path.slice(colon + 1);
    if (!this.#verbs.has(verb)) return;
    this.#colon = colon;
    this.#verb = verb;
    this.#verbOnly = this.#registeredVerbsWin;
  }

  /** `position` is the end of what is matched so far. True when the search is over. */
  #walk(node: Node<T>, position: number): boolean {
    const path = this.#path;
    if (node.leaf !== undefined && !this.#verbOnly && this.#isEnd(position) && this.#accept(node.leaf))
      return true;
    const atSlash = path.charCodeAt(position) === slash;
    const colon = this.#colon;
    if (node.verbs !== undefined && (position === colon || (atSlash && position === colon - 1))) {
      if (this.#acceptVerb(node)) return true;
    }
    if (atSlash) {
      const next = path.indexOf('/', position + 1);
      if (this.#walkSegment(node, position + 1, next < 0 ? path.length : next)) return true;
    }
    return node.double !== undefined && this.#walkDouble(node.double, position, atSlash);
  }

  #walkSegment(node: Node<T>, start: number, end: number): boolean {
    if (start === end) return false;
    const path = this.#path;
    const beforeVerb = this.#colon > start && end === path.length;
    if (node.literals !== undefined) {
      const child = node.literals.get(path.slice(start, end));
      if (child !== undefined && this.#walk(child, end)) return true;
      if (beforeVerb) {
        const verbed = node.literals.get(path.slice(start, this.#colon));
        if (verbed !== undefined && this.#acceptVerb(verbed)) return true;
      }
    }
    const { single } = node;
    if (single === undefined) return false;
    if (!this.#hasForbiddenColon(start, end) && this.#walk(single, end)) return true;
    return beforeVerb && !this.#hasForbiddenColon(start, this.#colon) && this.#acceptVerb(single);
  }

  #walkDouble(double: DoubleNode<T>, position: number, atSlash: boolean): boolean {
    const path = this.#path;
    const start = atSlash ? position + 1 : position;
    if (!atSlash && !(this.#emptyDoubleWildcard && position === path.length)) return false;
    if (this.#colon < 0 && double.plain.before === undefined) {
      const { leaf } = double.plain;
      if (leaf === undefined || this.#hasForbiddenColon(start, path.length)) return false;
      return this.#accept(leaf);
    }
    const candidates: Leaf<T>[] = [];
    if (this.#colon >= start) {
      const verbed = double.verbs?.get(this.#verb);
      if (verbed !== undefined) this.#collectSuffixes(verbed, start, this.#colon, candidates);
    }
    if (!this.#verbOnly) this.#collectSuffixes(double.plain, start, path.length, candidates);
    if (candidates.length > 1) candidates.sort((a, b) => compareTemplates(a.template, b.template));
    return candidates.some((leaf) => this.#accept(leaf));
  }

  /** Reads literals backwards from `end`; what is left between `start` and them is the wildcard's. */
  #collectSuffixes(root: SuffixNode<T>, start: number, end: number, candidates: Leaf<T>[]): void {
    const path = this.#path;
    if (root.leaf !== undefined && !this.#hasForbiddenColon(start, end)) candidates.push(root.leaf);
    let node: SuffixNode<T> | undefined = root;
    let position = path.charCodeAt(end - 1) === slash ? end - 1 : end;
    while (node?.before !== undefined && position > start) {
      const cut = path.lastIndexOf('/', position - 1);
      if (cut < start) return;
      node = node.before.get(path.slice(cut + 1, position));
      if (node?.leaf !== undefined && !this.#hasForbiddenColon(start, cut)) candidates.push(node.leaf);
      position = cut;
    }
  }

  #acceptVerb(node: Node<T>): boolean {
    const leaf = node.verbs?.get(this.#verb);
    return leaf !== undefined && this.#accept(leaf);
  }

  #accept(leaf: Leaf<T>): boolean {
    if (this.#collected !== undefined) {
      this.#collected.push(leaf);
      return false;
    }
    this.#found = leaf.byMethod.get(this.#method) ?? leaf.any;
    return this.#found !== undefined;
  }

  /** One trailing slash is optional. */
  #isEnd(position: number): boolean {
    const rest = this.#path.length - position;
    return rest === 0 || (rest === 1 && this.#path.charCodeAt(position) === slash);
  }

  #hasForbiddenColon(start: number, end: number): boolean {
    if (!this.#disallowColon) return false;
    const colon = this.#path.indexOf(':', start);
    return colon >= 0 && colon < end;
  }

  #leafOf(template: HttpTemplate): Leaf<T> {
    if (template.verb !== '') this.#verbs.add(template.verb);
    let node = this.#root;
    for (let i = 0; i < template.segments.length; i++) {
      const segment = template.segments[i] as string;
      if (segment === doubleWildcard) return this.#suffixLeaf(node, template);
      node = childOf(node, segment);
    }
    const leaf = (template.verb === '' ? node.leaf : node.verbs?.get(template.verb)) ?? new Leaf<T>(template);
    if (template.verb === '') node.leaf = leaf;
    else (node.verbs ??= new Map()).set(template.verb, leaf);
    if (isExactTemplate(template)) this.#addExact(template, leaf);
    return leaf;
  }

  #addExact(template: HttpTemplate, leaf: Leaf<T>): void {
    const matcher = toTemplateMatcher(template);
    if (matcher.kind === 'exact') for (const path of matcher.paths) this.#exact.set(path, leaf);
  }

  #suffixLeaf(parent: Node<T>, template: HttpTemplate): Leaf<T> {
    const double = (parent.double ??= new DoubleNode());
    let node = double.plain;
    if (template.verb !== '') {
      double.verbs ??= new Map();
      node = getOrCreate(double.verbs, template.verb, () => new SuffixNode<T>());
    }
    for (let i = template.segments.length - 1; i > template.doubleWildcardIndex; i--) {
      node.before ??= new Map();
      node = getOrCreate(node.before, template.segments[i] as string, () => new SuffixNode<T>());
    }
    return (node.leaf ??= new Leaf<T>(template));
  }
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  if (segment === singleWildcard) return (node.single ??= new Node());
  node.literals ??= new Map();
  return getOrCreate(node.literals, segment, () => new Node<T>());
}

function getOrCreate<V>(map: Map<string, V>, key: string, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
