import { parseHttpTemplate } from '../../../protocol/http-template/parse-http-template.ts';
import type { TemplateError } from '../../../protocol/http-template/parse-http-template.ts';
import type { ServiceRule } from '../service-rule.ts';
import { bindingsOf } from './http-binding.ts';

/** Url templates follow the grammar of google/api/http.proto. */
export const pathTemplateRule: ServiceRule = {
  name: 'path-template',
  location: 'unknown location',
  check(service, report) {
    for (const rule of service.http?.rules ?? []) {
      for (const { path, rule: binding } of bindingsOf(rule)) {
        const parsed = parseHttpTemplate(path);
        if (parsed.kind === 'template') continue;
        const message = `http: In path template '${path}': ${toProblem(path, parsed)}`;
        report.error({ message, hint: hintFor(path), on: binding });
      }
    }
  },
};

/** Service Management quotes one token: the last one where the template ends too early, else the one in the way. */
function toProblem(path: string, error: TemplateError): string {
  if (error.problem.startsWith('unexpected end of input'))
    return `unexpected end of input '${/[^/*}{=]+$|.$/.exec(path)?.[0] ?? ''}'.`;
  if (error.problem.startsWith('unrecognized input at'))
    return `unrecognized input at '${/^(?:[^/*}{=]+|.)/.exec(path.slice(error.position))?.[0] ?? ''}'.`;
  return error.problem;
}

function hintFor(path: string): string | undefined {
  if (path.length > 1 && path.endsWith('/')) return 'Remove the slash at the end.';
  if (path.includes('//')) return 'Remove the empty segment; basePath must not end in a slash.';
  return /[^/]\{|\}[^/:}]/.test(path) ? 'A variable must fill a whole segment: /items/{id}.' : undefined;
}
