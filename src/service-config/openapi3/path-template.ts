import { toFieldName } from '../model/naming.ts';
import type { OpenapiDocument, Spot } from '../openapi/openapi-document.ts';
import { replaceVariables, toPathTemplate } from '../openapi/path-template.ts';
import type { Parameter } from './parameters.ts';

/** Url template of an operation; variables with a pattern of their own match more than one segment. */
export function toTemplate(basePath: string, path: string, parameters: readonly Parameter[]): string {
  const rests = new Set(
    parameters.filter(({ pattern }) => pattern === '**').map(({ name }) => toFieldName(name)),
  );
  return replaceVariables(toPathTemplate(basePath, path, parameters), (field) =>
    rests.has(field) ? `${field}=**` : undefined,
  );
}

/** Templates within a path, `{name=**}`, belong to OpenAPI 2.0. */
export function refuseInlinePattern(document: OpenapiDocument, path: string, spot: Spot): void {
  const inline = /\{([^{}=]*)=([^{}]*)\}/.exec(path);
  if (inline === null) return;
  document.context.diagnostics.error({
    rule: 'path-inline-pattern',
    location: spot.location,
    message: `The path template '${inline[0]}' is not supported in OpenAPI 3.x.`,
    hint:
      inline[2] === '**'
        ? `Write {${inline[1]}} and give the parameter x-google-parameter: {pattern: "**"}.`
        : `Write {${inline[1]}}, which matches one segment.`,
    at: spot.place,
  });
}
