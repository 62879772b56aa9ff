import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError } from '../../core/errors.ts';
import { FlagReader } from './flag-reader.ts';
import { flagTable } from './flag-table.ts';
import { parseDurationMs, parseFlags } from './parse-flags.ts';

function read(...argv: string[]): FlagReader {
  return new FlagReader(parseFlags(argv));
}

describe('parseFlags', () => {
  it('takes the value after a blank or an equals sign', () => {
    assert.equal(read('--service', 'a').text('service'), 'a');
    assert.equal(read('--service=a').text('service'), 'a');
  });

  it('takes short forms with a blank, an equals sign or nothing between', () => {
    assert.equal(read('-R', 'managed').text('rollout_strategy'), 'managed');
    assert.equal(read('-R=managed').text('rollout_strategy'), 'managed');
    assert.equal(read('-Rmanaged').text('rollout_strategy'), 'managed');
  });

  it('takes an unambiguous prefix', () => {
    assert.equal(read('--rollout_s=managed').text('rollout_strategy'), 'managed');
  });

  it('prefers an exact name to a longer one that it begins', () => {
    assert.equal(read('--runtime_version=2', '--dns=127.0.0.1').text('dns'), '127.0.0.1');
  });

  it('gives each generation its own default', () => {
    assert.equal(read().text('backend'), '127.0.0.1:8081');
    assert.equal(read('--runtime_version=2').text('backend'), 'http://127.0.0.1:8082');
  });

  it('counts an empty text as not given', () => {
    assert.equal(read('--healthz=').isGiven('healthz'), false);
  });

  it('keeps every value of a repeated flag', () => {
    const flags = read('--runtime_version=2', '--add_request_header=a=1', '--add_request_header=b=2');
    assert.deepEqual(flags.list('add_request_header'), ['a=1', 'b=2']);
  });

  it('turns a switch that is on by default off with no-', () => {
    const name = 'service_control_enable_api_key_uid_reporting';
    assert.equal(read('--runtime_version=2').isOn(name), true);
    assert.equal(read('--runtime_version=2', `--no-${name}`).isOn(name), false);
  });

  const badLines: Array<[argv: string[], message: string]> = [
    [['--servise=x'], '--servise: is no known flag; did you mean --service?'],
    [['--zzzzzzzzzz'], '--zzzzzzzzzz: is no known flag; see --help'],
    [['echo'], 'echo: is no flag, and no positional arguments are taken; see --help'],
    [['--service'], '--service: needs a value; write --service=VALUE'],
    [['--non_gcp=yes'], '--non_gcp: takes no value; write --non_gcp'],
    [['--http_port=x'], '--http_port: x is no whole number'],
    [['-R=sometimes'], '--rollout_strategy: sometimes is not one of the choices; choose from fixed, managed'],
    [['--drain_delay=5'], '--drain_delay: 5 is no duration; write for example 500ms, 20s, 5m or 1h30m'],
    [['--runtime_version=3'], '--runtime_version: 3 is no generation of ESP; choose 1 or 2'],
    [['--listener_port=1'], '--listener_port: is a flag of ESPv2; add --runtime_version=2 to be ESPv2'],
    [['--runtime_version=2', '-k', 'x'], '-k: is no known flag; see --help'],
    [['--nginx_config=x'], '--nginx_config: is not supported: there is no nginx here to configure'],
  ];
  for (const [argv, message] of badLines) {
    it(`refuses ${argv.join(' ')}`, () => {
      assert.throws(
        () => parseFlags(argv),
        (error) => error instanceof ConfigError && error.message === message,
      );
    });
  }
});

describe('parseDurationMs', () => {
  const durations: Array<[string, number | undefined]> = [
    ['0', 0],
    ['500ms', 500],
    ['1.5s', 1500],
    ['1h30m', 5_400_000],
    ['20', undefined],
    ['', undefined],
    ['-1s', undefined],
  ];
  for (const [text, ms] of durations)
    it(`reads ${JSON.stringify(text)} as ${ms}`, () => assert.equal(parseDurationMs(text), ms));
});

describe('flagTable', () => {
  it('names every flag once', () => {
    const names = flagTable.map((spec) => spec.name);
    assert.deepEqual(names, [...new Set(names)]);
  });

  it('gives a choice flag a default among its choices', () => {
    for (const spec of flagTable) {
      if (spec.kind !== 'choice') continue;
      for (const value of Object.values(spec.defaults))
        assert.ok(value === '' || spec.choices?.includes(value), spec.name);
    }
  });
});
