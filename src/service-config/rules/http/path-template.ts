import {
  describeTemplateError,
  parseHttpTemplate,
} from '../../../protocol/http-template/parse-http-template.ts';
import type { ServiceRule } from '../service-rule.ts';
import { bindingsOf } from './http-binding.ts';

/**
 * Url templates follow the grammar of google/api/http.proto. Differs from Service Management, which only warns of `/:verb`:
 * no proxy starts with it.
 */
export const pathTemplateRule: ServiceRule = {
  name: 'path-template',
  location: 'unknown location',
  check(service, report) {
    for (const rule of service.http?.rules ?? []) {
      for (const { path, rule: binding } of bindingsOf(rule)) {
        const parsed = parseHttpTemplate(path);
        if (parsed.kind === 'template') continue;
        const message = `http: ${describeTemplateError(path, parsed)}`;
        report.error({ message, hint: hintFor(path), on: binding });
      }
    }
  },
};

function hintFor(path: string): string {
  if (!path.startsWith('/')) return `Write /${path.slice(0, maxShown)}`;
  if (path.includes('//')) return 'Remove the empty segment; basePath must not end in a slash.';
  if (path.length > 1 && path.endsWith('/'))
    return 'Remove the slash at the end. The path / has one behind any basePath: move basePath into the paths.';
  if (path.includes('/:')) return 'Put the verb behind a segment: /items/{id}:export.';
  if (/\*\*.*[*{]/.test(path)) return 'After ** only fixed segments may follow.';
  if (/\{[^{}]*\{/.test(path)) return 'Name one variable: {name=shelves/*}.';
  if (/[^/]\{|\}[^/:}]/.test(path)) return 'A variable must fill a whole segment: /items/{id}.';
  return 'Write a path such as /items/{id}, /items/** or /items/{id}:export.';
}

const maxShown = 100;
