import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalTemplate } from './http-template.ts';
import { describeTemplateError, maxTemplateLength, parseHttpTemplate } from './parse-http-template.ts';

const accepted: ReadonlyArray<readonly [text: string, canonical: string]> = [
  ['/', '/'],
  ['/$discovery', '/$discovery'],
  ['/a/{x}', '/a/{x=*}'],
  ['/{x.y=*/a/**}/b:go', '/{x.y=*/a/**}/b:go'],
  ['/a/**/b/{x=c}', '/a/**/b/{x=c}'],
  ['/a/{user-id}', '/a/{user-id=*}'],
];

const refused: ReadonlyArray<readonly [text: string, problem: string, position: number]> = [
  ['', "effective path must start with leading '/'.", 0],
  ['a/b', "effective path must start with leading '/'.", 0],
  ['{x}', "effective path must start with leading '/'.", 0],
  ['//', "leading '/' only allowed for first segment of path.", 1],
  ['/a//b', "leading '/' only allowed for first segment of path.", 3],
  ['/a/{var=/b}', "leading '/' only allowed for first segment of path.", 8],
  ['/a/', "unexpected end of input '/'.", 3],
  ['/a/{', "unexpected end of input '{'.", 4],
  ['/a/{var', "unexpected end of input 'var'.", 7],
  ['/a/{var.', "unexpected end of input 'var.'.", 8],
  ['/*:', "unexpected end of input ':'.", 3],
  ['/{var}:', "unexpected end of input ':'.", 7],
  ['/{var}::', "expected 'literal', looking at ':'.", 7],
  ['/{}', "expected 'identifier', looking at '}'.", 2],
  ['/{{var}}', "expected 'identifier', looking at '{'.", 2],
  ['/{var/a', "expected '}', looking at '/'.", 5],
  ['/a/{x=var:verb}', "expected '}', looking at ':'.", 9],
  ['/{var=a/{nested=b}}', 'cannot have fields in nested paths.', 8],
  ['/:verb', "Token '/:' before a custom verb is not currently supported.", 1],
  ['/a/:verb', "Token '/:' before a custom verb is not currently supported.", 3],
  ['/a{x}', "unrecognized input at '{'.", 2],
  ['/{x}a', "unrecognized input at 'a'.", 4],
  ['/a*', "unrecognized input at '*'.", 2],
  ['/a/}', "unrecognized input at '}'.", 3],
  ['/a:b/c', "unrecognized input at '/'.", 4],
  ['/a{x', "unrecognized input at '{'.", 2],
  ['/a/**/*', "'**' must be the last wildcard, looking at '*'.", 6],
  ['/a/**/{x}', "'**' must be the last wildcard, looking at '*'.", 8],
  ['/a/**/foo/**', "'**' must be the last wildcard, looking at '**'.", 10],
];

describe('parseHttpTemplate', () => {
  for (const [text, canonical] of accepted) {
    test(`accepts ${text}`, () => {
      const result = parseHttpTemplate(text);
      assert.ok(result.kind === 'template');
      assert.equal(canonicalTemplate(result.template), canonical);
    });
  }

  for (const [text, problem, position] of refused) {
    test(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(parseHttpTemplate(text), { kind: 'error', problem, position });
    });
  }

  test('refuses a template that is too long to be matched by any request', () => {
    const result = parseHttpTemplate('/a'.repeat(maxTemplateLength / 2) + 'b');
    assert.ok(result.kind === 'error');
    assert.equal(result.problem, '8193 characters are too many; at most 8192 are read.');
    assert.equal(parseHttpTemplate('/a'.repeat(maxTemplateLength / 2)).kind, 'template');
  });

  test('answers any text without throwing, and what it accepts it accepts in canonical spelling too', () => {
    const text = fc.string({
      unit: fc.constantFrom('/', '{', '}', '*', '=', '.', ':', 'a', 'b'),
      maxLength: 14,
    });
    fc.assert(
      fc.property(text, (tail) => {
        const first = parseHttpTemplate(`/${tail}`);
        if (first.kind === 'error') return;
        const second = parseHttpTemplate(canonicalTemplate(first.template));
        assert.ok(second.kind === 'template');
        assert.deepEqual({ ...second.template, text: '' }, { ...first.template, text: '' });
      }),
    );
  });
});

describe('describeTemplateError', () => {
  test('speaks as Service Management does', () => {
    const error = parseHttpTemplate('/a/');
    assert.ok(error.kind === 'error');
    assert.equal(describeTemplateError('/a/', error), "In path template '/a/': unexpected end of input '/'.");
  });
});
