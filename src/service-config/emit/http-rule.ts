import { create } from '@bufbuild/protobuf';

import type { HttpRule } from '../../gen/google/api/http_pb.ts';
import { CustomHttpPatternSchema, HttpRuleSchema } from '../../gen/google/api/http_pb.ts';
import { toFieldName } from '../model/naming.ts';
import type { Origins } from '../model/origins.ts';
import type { EmittedMethod } from './method.ts';

/** Verb and url template of a method; the body is the field named like the body parameter. */
export function emitHttpRule({ selector, operation }: EmittedMethod, origins: Origins): HttpRule {
  const body = operation.parameters.find((parameter) => parameter.in === 'body');
  const rule = create(HttpRuleSchema, {
    selector,
    pattern: toPattern(operation.verb, operation.template),
    body: body === undefined ? '' : toFieldName(body.name),
  });
  return origins.set(rule, operation);
}

/** Verbs without a field of their own, such as HEAD and OPTIONS, are custom patterns. */
function toPattern(verb: string, path: string): HttpRule['pattern'] {
  switch (verb) {
    case 'get':
    case 'put':
    case 'post':
    case 'delete':
    case 'patch':
      return { case: verb, value: path };
    default:
      return { case: 'custom', value: create(CustomHttpPatternSchema, { kind: verb.toUpperCase(), path }) };
  }
}
