import { HistogramSeries } from './metrics.ts';
import type { AnyMetricFamily, MetricRegistry } from './metrics.ts';

/** Content type of {@link encodeMetrics}. */
export const metricsContentType: string = 'text/plain; version=0.0.4; charset=utf-8';

/** All metrics in the Prometheus text format 0.0.4. */
export function encodeMetrics(registry: MetricRegistry): string {
  let text = '';
  for (const family of registry.collect()) text += encodeFamily(family);
  return text;
}

function encodeFamily(family: AnyMetricFamily): string {
  const { name, help, labels } = family.definition;
  let text = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${family.type}\n`;
  for (const { values, series } of family.entries()) {
    const pairs = values.map((value, i) => `${labels[i]}="${escapeLabel(value)}"`);
    if (series instanceof HistogramSeries) text += encodeHistogram(name, pairs, series);
    else text += `${name}${braces(pairs)} ${toNumber(series.value)}\n`;
  }
  return text;
}

function encodeHistogram(name: string, pairs: readonly string[], series: HistogramSeries): string {
  let text = '';
  let cumulative = 0;
  series.counts.forEach((count, i) => {
    cumulative += count;
    const bound = toNumber(series.bounds[i] ?? Infinity);
    text += `${name}_bucket${braces([...pairs, `le="${bound}"`])} ${cumulative}\n`;
  });
  text += `${name}_sum${braces(pairs)} ${toNumber(series.sum)}\n`;
  return `${text}${name}_count${braces(pairs)} ${series.count}\n`;
}

function braces(pairs: readonly string[]): string {
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function toNumber(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeLabel(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}
