import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMetrics } from './metrics-text.ts';
import { MetricRegistry } from './metrics.ts';

describe('MetricRegistry', () => {
  it('counts per combination of label values', () => {
    const registry = new MetricRegistry();
    const requests = registry.counter({ name: 'r_total', help: 'requests', labels: ['method', 'class'] });
    requests.series('Echo', '2xx').add();
    requests.series('Echo', '2xx').add(2);
    requests.series('Echo', '5xx').add();
    assert.equal(requests.series('Echo', '2xx').value, 3);
    assert.equal(requests.series('Echo', '5xx').value, 1);
  });

  it('folds what is beyond the bound into one series', () => {
    const registry = new MetricRegistry();
    const counter = registry.counter({ name: 'c_total', help: '', labels: ['a'], maxSeries: 2 });
    for (const value of ['x', 'y', 'z', 'w']) counter.series(value).add();
    const lines = encodeMetrics(registry).split('\n').slice(2, -1);
    assert.deepEqual(lines, ['c_total{a="x"} 1', 'c_total{a="y"} 1', 'c_total{a="other"} 2']);
  });

  it('refuses a name that is taken', () => {
    const registry = new MetricRegistry();
    registry.gauge({ name: 'g', help: '', labels: [] });
    assert.throws(() => registry.gauge({ name: 'g', help: '', labels: [] }), TypeError);
  });
});

describe('encodeMetrics', () => {
  it('shows a family without labels before it was ever used', () => {
    const registry = new MetricRegistry();
    registry.counter({ name: 'c_total', help: 'a count', labels: [] });
    assert.equal(encodeMetrics(registry), '# HELP c_total a count\n# TYPE c_total counter\nc_total 0\n');
  });

  it('escapes labels and help', () => {
    const registry = new MetricRegistry();
    const gauge = registry.gauge({ name: 'g', help: 'one\\two\nthree', labels: ['l'] });
    gauge.series('a"b\\c\nd').set(-1.5);
    assert.equal(
      encodeMetrics(registry),
      '# HELP g one\\\\two\\nthree\n# TYPE g gauge\ng{l="a\\"b\\\\c\\nd"} -1.5\n',
    );
  });

  it('writes cumulative buckets, sum and count', () => {
    const registry = new MetricRegistry();
    const histogram = registry.histogram({ name: 'h_seconds', help: '', labels: ['op'] }, [0.1, 1]);
    const series = histogram.series('Echo');
    for (const value of [0.05, 0.1, 0.5, 5]) series.observe(value);
    assert.deepEqual(encodeMetrics(registry).split('\n').slice(2, -1), [
      'h_seconds_bucket{op="Echo",le="0.1"} 2',
      'h_seconds_bucket{op="Echo",le="1"} 3',
      'h_seconds_bucket{op="Echo",le="+Inf"} 4',
      'h_seconds_sum{op="Echo"} 5.65',
      'h_seconds_count{op="Echo"} 4',
    ]);
  });

  it('lets collectors bring values up to date first', () => {
    const registry = new MetricRegistry();
    const gauge = registry.gauge({ name: 'g', help: '', labels: [] });
    registry.onCollect(() => gauge.series().set(7));
    assert.match(encodeMetrics(registry), /^g 7$/m);
  });
});
