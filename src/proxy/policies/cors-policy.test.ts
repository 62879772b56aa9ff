import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { corsFlagDefaults } from './cors-flags.fixture.ts';
import { compileCorsPolicy, espV1CorsStyle, espV2CorsStyle } from './cors-policy.ts';
import type { CorsFlags, CorsPolicy, CorsStyle } from './cors-policy.ts';

function policy(flags: Partial<CorsFlags>, style: CorsStyle = espV2CorsStyle): CorsPolicy {
  const result = compileCorsPolicy({ ...corsFlagDefaults, preset: 'basic', ...flags }, style);
  assert.ok(result.kind === 'policy', 'problem' in result ? result.problem : '');
  return result.policy;
}

const preflight = (origin: string): string[] => ['origin', origin, 'access-control-request-method', 'PATCH'];
const google = 'http://cloud.google.com';
const regexFlags = { preset: 'cors_with_regex', allowOriginRegex: '^https?://.+\\.google\\.com$' };

describe('compileCorsPolicy', () => {
  const bad: ReadonlyArray<readonly [name: string, flags: Partial<CorsFlags>, problem: RegExp]> = [
    ['an unknown preset', { preset: 'foo_bar' }, /cors_preset must be/],
    ['basic without origin', { allowOrigin: '' }, /cors_allow_origin cannot be empty/],
    ['a missing regex', { preset: 'cors_with_regex' }, /cors_allow_origin_regex cannot be empty/],
    ['a bad regex', { preset: 'cors_with_regex', allowOriginRegex: '[' }, /invalid cors origin regex/],
    ['a lookahead', { preset: 'cors_with_regex', allowOriginRegex: '(?=a)' }, /invalid cors origin regex/],
    [
      'a huge regex',
      { preset: 'cors_with_regex', allowOriginRegex: '[abc]+123'.repeat(333) },
      /program size \d+ is larger than 1000/,
    ],
  ];
  for (const [name, flags, problem] of bad) {
    test(`refuses ${name}`, () => {
      const result = compileCorsPolicy({ ...corsFlagDefaults, preset: 'basic', ...flags }, espV2CorsStyle);
      assert.ok(result.kind === 'error');
      assert.match(result.problem, problem);
    });
  }
});

describe('CorsPolicy of ESPv2', () => {
  const origins: ReadonlyArray<readonly [flags: Partial<CorsFlags>, origin: string, allowed: boolean]> = [
    [{ allowOrigin: google }, google, true],
    [{ allowOrigin: google }, 'http://CLOUD.google.com', false],
    [{ allowOrigin: '*' }, 'null', true],
    [{ allowOrigin: '*' }, '', false],
    [regexFlags, 'https://x.google.com', true],
    [regexFlags, 'https://x.google.com.evil.example', false],
    [{ ...regexFlags, allowOriginRegex: 'google' }, 'https://x.google.com', false],
    [{ ...regexFlags, allowOriginRegex: '(a+)+b' }, 'a'.repeat(20_000), false],
  ];
  for (const [flags, origin, allowed] of origins) {
    const pattern = flags.allowOriginRegex ?? flags.allowOrigin;
    test(`${allowed ? 'allows' : 'does not allow'} '${origin.slice(0, 40)}' by ${pattern}`, () => {
      const expected = allowed ? origin : undefined;
      assert.equal(policy(flags).allowedOrigin(['origin', origin]), expected);
    });
  }

  const requests: ReadonlyArray<
    readonly [name: string, method: string, headers: string[], isPreflight: boolean]
  > = [
    ['a complete preflight', 'OPTIONS', preflight(google), true],
    ['an OPTIONS without origin', 'OPTIONS', ['access-control-request-method', 'PATCH'], false],
    ['an OPTIONS without method', 'OPTIONS', ['origin', google], false],
    [
      'an OPTIONS with an empty method',
      'OPTIONS',
      ['origin', google, 'access-control-request-method', ''],
      false,
    ],
    ['an OPTIONS of another origin', 'OPTIONS', preflight('http://other'), false],
    ['a GET', 'GET', preflight(google), false],
    ['a lower-case options', 'options', preflight(google), false],
  ];
  for (const [name, method, headers, isPreflight] of requests) {
    test(`${isPreflight ? 'answers' : 'does not answer'} ${name}`, () => {
      assert.equal(policy({ allowOrigin: google }).isPreflight(method, headers), isPreflight);
    });
  }

  test('answers a preflight with everything configured', () => {
    const flags = {
      allowOrigin: '*',
      allowCredentials: true,
      maxAgeSeconds: 7_200,
      allowMethods: 'GET, PATCH',
    };
    assert.deepEqual(policy(flags).preflightHeaders(google), [
      'access-control-allow-origin',
      google,
      'access-control-allow-credentials',
      'true',
      'access-control-expose-headers',
      corsFlagDefaults.exposeHeaders,
      'access-control-allow-methods',
      'GET, PATCH',
      'access-control-allow-headers',
      corsFlagDefaults.allowHeaders,
      'access-control-max-age',
      '7200',
    ]);
  });

  test('leaves empty settings out', () => {
    const flags = { allowMethods: '', allowHeaders: '', exposeHeaders: '' };
    assert.deepEqual(policy(flags).preflightHeaders('o'), [
      'access-control-allow-origin',
      'o',
      'access-control-max-age',
      '1728000',
    ]);
  });

  test("replaces the backend's own headers", () => {
    const headers = [
      'access-control-allow-origin',
      '*',
      'access-control-expose-headers',
      'X',
      'vary',
      'Cookie',
    ];
    policy({ exposeHeaders: 'A,B' }).decorate(headers, google);
    assert.deepEqual(headers, [
      'access-control-allow-origin',
      google,
      'access-control-expose-headers',
      'A,B',
      'vary',
      'Cookie',
    ]);
  });
});

describe('CorsPolicy of ESP v1', () => {
  test('answers any OPTIONS with 204 and the configured origin', () => {
    const v1 = policy({ allowHeaders: 'DNT,Authorization' }, espV1CorsStyle);
    assert.equal(v1.isPreflight('OPTIONS', []), true);
    assert.equal(v1.preflightStatus, 204);
    assert.deepEqual(v1.preflightHeaders(v1.allowedOrigin([]) ?? '').slice(0, 2), [
      'access-control-allow-origin',
      '*',
    ]);
  });

  test('looks for the regex anywhere in the origin, in any case', () => {
    const v1 = policy({ ...regexFlags, allowOriginRegex: 'GOOGLE' }, espV1CorsStyle);
    assert.equal(v1.allowedOrigin(['origin', google]), google);
    assert.equal(v1.allowedOrigin(['origin', 'http://other']), undefined);
  });
});
