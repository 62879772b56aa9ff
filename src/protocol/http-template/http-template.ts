/** Matches one non-empty path segment. */
export const singleWildcard = '*';
/** Matches the rest of the path, down to nothing after its slash; only literals may follow it. */
export const doubleWildcard = '**';

/**
 * A url template of `google.api.http`, parsed: `/v1/{name=shelves/*}/books/{book.id}:read`.
 * Source: google/api/http.proto, "Path template syntax".
 */
export interface HttpTemplate {
  /** As written. */
  readonly text: string;
  /** Literals, {@link singleWildcard} and {@link doubleWildcard}, variables flattened; empty for `/`. */
  readonly segments: readonly string[];
  /** Index of the {@link doubleWildcard} in `segments`, -1 when there is none. */
  readonly doubleWildcardIndex: number;
  /** Custom verb without its colon, '' when there is none. */
  readonly verb: string;
  /** In the order they were written. */
  readonly variables: readonly TemplateVariable[];
}

/** A variable and the segments that it captures. */
export interface TemplateVariable {
  /** Field path joined by dots, such as `book.id`. */
  readonly fieldPath: string;
  /** First captured segment. */
  readonly start: number;
  /** One after the last captured segment. */
  readonly end: number;
}

/** Whether the template has no wildcard: it then stands for one path (and its trailing-slash twin). */
export function isExactTemplate(template: HttpTemplate): boolean {
  return template.doubleWildcardIndex < 0 && !template.segments.includes(singleWildcard);
}

/** The segments as a path, variables dropped: `/shelves/*:read`. Equal for templates that match the same paths. */
export function templateShape(template: HttpTemplate): string {
  const verb = template.verb === '' ? '' : `:${template.verb}`;
  return `/${template.segments.join('/')}${verb}`;
}

/** The template in canonical spelling, every variable with its pattern: `/shelves/{shelf=*}`. */
export function canonicalTemplate(template: HttpTemplate): string {
  const parts: string[] = [];
  for (let i = 0; i < template.segments.length;) {
    const variable = template.variables.find((v) => v.start === i);
    if (variable === undefined) {
      parts.push(template.segments[i++] as string);
      continue;
    }
    const captured = template.segments.slice(variable.start, variable.end).join('/');
    parts.push(`{${variable.fieldPath}=${captured}}`);
    i = variable.end;
  }
  return `/${parts.join('/')}${template.verb === '' ? '' : `:${template.verb}`}`;
}
