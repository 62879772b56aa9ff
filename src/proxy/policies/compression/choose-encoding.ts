/** An encoding that responses are compressed with. */
export type ContentEncoding = 'gzip' | 'br';

/**
 * The encoding that `accept-encoding` wants; undefined for none. The highest weight wins, the first one of equals; `*`
 * stands for gzip; `identity` may win; entries with a weight that is none are skipped. Source: Envoy compressor filter.
 */
export function chooseEncoding(acceptEncoding: string | undefined): ContentEncoding | undefined {
  if (acceptEncoding === undefined) return undefined;
  let best: string | undefined;
  let bestWeight = 0;
  for (const entry of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
    if (!known.has(name)) continue;
    const weight = weightOf(parameters);
    if (weight === undefined || weight <= bestWeight) continue;
    best = name;
    bestWeight = weight;
  }
  if (best === 'br') return 'br';
  return best === 'gzip' || best === '*' ? 'gzip' : undefined;
}

const known: ReadonlySet<string> = new Set(['gzip', 'br', 'identity', '*']);

/** 1 without a `q`; undefined for one that is no number from 0 to 1. */
function weightOf(parameters: readonly string[]): number | undefined {
  const parameter = parameters.find((one) => one.startsWith('q='));
  if (parameter === undefined) return 1;
  const text = parameter.slice('q='.length).trim();
  return /^(?:0(?:\.\d{0,9})?|1(?:\.0{0,9})?)$/.test(text) ? Number(text) : undefined;
}
