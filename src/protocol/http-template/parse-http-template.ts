import { doubleWildcard, singleWildcard } from './http-template.ts';
import type { HttpTemplate, TemplateVariable } from './http-template.ts';

/** What parsing a template gives. */
export type TemplateParseResult =
  | { readonly kind: 'template'; readonly template: HttpTemplate }
  | TemplateError;

/** Why a text is no template. */
export interface TemplateError {
  readonly kind: 'error';
  /** In Service Management's words, without the leading `In path template '…': `. */
  readonly problem: string;
  /** Index into the text where it went wrong. */
  readonly position: number;
}

/** Longest template; no request line that a proxy takes is longer. What walks templates may recurse by segments. */
export const maxTemplateLength = 8192;

/**
 * Reads a `google.api.http` url template. Never throws. What is accepted: `/` alone, or `/` segments with an optional
 * `:verb`; a segment is `*`, `**`, a literal or `{field.path[=segments]}`; after `**` only literals may follow; a
 * variable fills whole segments and does not nest. Source: google/api/http.proto, espv2 http_template.cc.
 */
export function parseHttpTemplate(text: string): TemplateParseResult {
  try {
    return { kind: 'template', template: new TemplateParser(text).parse() };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    return { kind: 'error', problem: error.message, position: error.position };
  }
}

/** Service Management's sentence for a template that does not parse. */
export function describeTemplateError(text: string, error: TemplateError): string {
  return `In path template '${text}': ${error.problem}`;
}

/** Unwinds the parser; never leaves this file. */
class TemplateSyntaxError extends Error {
  readonly position: number;

  constructor(problem: string, position: number) {
    super(problem);
    this.position = position;
  }
}

const literalEnd = /[/:{}=*]/;
const fieldEnd = /[./:{}=*]/;
const separator = /[/{}=*]/;

class TemplateParser {
  readonly #text: string;
  #position = 0;
  readonly #segments: string[] = [];
  readonly #variables: TemplateVariable[] = [];
  #doubleWildcardIndex = -1;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): HttpTemplate {
    if (this.#text.length > maxTemplateLength)
      this.#fail(`${this.#text.length} characters are too many; at most ${maxTemplateLength} are read.`);
    if (!this.#skip('/')) this.#fail("effective path must start with leading '/'.");
    let verb = '';
    if (!this.#atEnd()) {
      this.#readSegments(false);
      if (this.#skip(':')) verb = this.#readVerb();
      if (!this.#atEnd()) this.#fail(`unrecognized input at '${this.#nextToken()}'.`);
    }
    return {
      text: this.#text,
      segments: this.#segments,
      doubleWildcardIndex: this.#doubleWildcardIndex,
      verb,
      variables: this.#variables,
    };
  }

  #readSegments(insideVariable: boolean): void {
    do this.#readSegment(insideVariable);
    while (this.#skip('/'));
  }

  #readSegment(insideVariable: boolean): void {
    if (this.#atEnd()) this.#fail(`unexpected end of input '${this.#lastToken()}'.`);
    const start = this.#position;
    switch (this.#text[start]) {
      case '/':
        return this.#fail("leading '/' only allowed for first segment of path.");
      case ':':
        return this.#fail("Token '/:' before a custom verb is not currently supported.");
      case '{':
        if (insideVariable) this.#fail('cannot have fields in nested paths.');
        return this.#readVariable();
      case '*':
        this.#position += this.#text.startsWith(doubleWildcard, start) ? 2 : 1;
        return this.#addSegment(this.#text.slice(start, this.#position), start);
      default:
        return this.#addSegment(this.#readUntil(literalEnd), start);
    }
  }

  #addSegment(segment: string, position: number): void {
    if (segment === '') this.#fail(`unrecognized input at '${this.#nextToken()}'.`);
    const isWildcard = segment === singleWildcard || segment === doubleWildcard;
    if (isWildcard && this.#doubleWildcardIndex >= 0) {
      throw new TemplateSyntaxError(`'**' must be the last wildcard, looking at '${segment}'.`, position);
    }
    if (segment === doubleWildcard) this.#doubleWildcardIndex = this.#segments.length;
    this.#segments.push(segment);
  }

  #readVariable(): void {
    this.#position++;
    const start = this.#segments.length;
    const names: string[] = [];
    do names.push(this.#readFieldName());
    while (this.#skip('.'));
    const position = this.#position;
    if (this.#skip('=')) this.#readSegments(true);
    else this.#addSegment(singleWildcard, position);
    if (!this.#skip('}')) this.#failExpecting('}');
    this.#variables.push({ fieldPath: names.join('.'), start, end: this.#segments.length });
  }

  #readFieldName(): string {
    const name = this.#readUntil(fieldEnd);
    if (name === '') this.#failExpecting('identifier');
    return name;
  }

  #readVerb(): string {
    const verb = this.#readUntil(literalEnd);
    if (verb === '') this.#failExpecting('literal');
    return verb;
  }

  #readUntil(end: RegExp): string {
    const rest = this.#rest();
    const length = rest.search(end);
    const token = length < 0 ? rest : rest.slice(0, length);
    this.#position += token.length;
    return token;
  }

  #skip(token: string): boolean {
    if (!this.#text.startsWith(token, this.#position)) return false;
    this.#position += token.length;
    return true;
  }

  #atEnd(): boolean {
    return this.#position >= this.#text.length;
  }

  #rest(): string {
    return this.#text.slice(this.#position);
  }

  /** The token that comes next: one of the signs that separate, or the text up to one. */
  #nextToken(): string {
    const rest = this.#rest();
    const length = rest.search(separator);
    return length < 0 ? rest : rest.slice(0, Math.max(length, 1));
  }

  /** The token that the text ends with. */
  #lastToken(): string {
    let start = this.#text.length - 1;
    if (!separator.test(this.#text.charAt(start)))
      while (start > 0 && !separator.test(this.#text.charAt(start - 1))) start -= 1;
    return this.#text.slice(Math.max(start, 0));
  }

  #failExpecting(expected: string): never {
    if (this.#atEnd()) this.#fail(`unexpected end of input '${this.#lastToken()}'.`);
    this.#fail(`expected '${expected}', looking at '${this.#text[this.#position]}'.`);
  }

  #fail(problem: string): never {
    throw new TemplateSyntaxError(problem, this.#position);
  }
}
