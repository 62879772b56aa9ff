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

class TemplateParser {
  readonly #text: string;
  #position = 0;
  readonly #segments: string[] = [];
  readonly #variables: TemplateVariable[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  parse(): HttpTemplate {
    if (!this.#skip('/')) this.#fail("effective path must start with leading '/'.");
    let verb = '';
    if (!this.#atEnd()) {
      this.#readSegments(false);
      if (this.#skip(':')) verb = this.#readVerb();
      if (!this.#atEnd()) this.#fail(`unrecognized input at '${this.#rest()}'.`);
    }
    return {
      text: this.#text,
      segments: this.#segments,
      doubleWildcardIndex: this.#segments.indexOf(doubleWildcard),
      verb,
      variables: this.#variables,
    };
  }

  #readSegments(insideVariable: boolean): void {
    do this.#readSegment(insideVariable);
    while (this.#skip('/'));
  }

  #readSegment(insideVariable: boolean): void {
    if (this.#atEnd()) this.#fail(`unexpected end of input '${this.#text}'.`);
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
    if (segment === '') this.#fail(`unrecognized input at '${this.#rest()}'.`);
    const isWildcard = segment === singleWildcard || segment === doubleWildcard;
    if (isWildcard && this.#segments.includes(doubleWildcard)) {
      throw new TemplateSyntaxError(`'**' must be the last wildcard, looking at '${segment}'.`, position);
    }
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

  #failExpecting(expected: string): never {
    if (this.#atEnd()) this.#fail(`unexpected end of input '${this.#text}'.`);
    this.#fail(`expected '${expected}', looking at '${this.#text[this.#position]}'.`);
  }

  #fail(problem: string): never {
    throw new TemplateSyntaxError(problem, this.#position);
  }
}
