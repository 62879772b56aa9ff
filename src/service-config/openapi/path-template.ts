import type { ParameterModel } from '../model/api-model.ts';
import { toFieldName } from '../model/naming.ts';

/** Url template of an operation: base path and path, with the variables of its parameters in snake case. */
export function toPathTemplate(
  basePath: string,
  path: string,
  parameters: readonly ParameterModel[],
): string {
  let template = path;
  for (const parameter of parameters) {
    if (parameter.in !== 'path' && parameter.in !== 'query') continue;
    template = template.replaceAll(`{${parameter.name}}`, () => `{${toFieldName(parameter.name)}}`);
  }
  return (basePath === '/' ? '' : basePath) + template;
}
