import type { ParameterModel } from '../model/api-model.ts';
import { toFieldName } from '../model/naming.ts';

/** Url template of an operation: base path and path, with the variables of its parameters in snake case. */
export function toPathTemplate(
  basePath: string,
  path: string,
  parameters: readonly ParameterModel[],
): string {
  const names = new Set(
    parameters.filter(({ in: place }) => place === 'path' || place === 'query').map(({ name }) => name),
  );
  const template = replaceVariables(path, (name) => (names.has(name) ? toFieldName(name) : undefined));
  return (basePath === '/' ? '' : basePath) + template;
}

/** A template with other text in the braces; a variable for which there is none stays. One pass, whatever its length. */
export function replaceVariables(template: string, textOf: (name: string) => string | undefined): string {
  return template.replace(/\{([^{}]*)\}/g, (variable, name: string) => {
    const text = textOf(name);
    return text === undefined ? variable : `{${text}}`;
  });
}
