/** What every measurement gets to know. */
export interface LimitContext {
  /** A folder of its own, removed afterwards. */
  readonly scratch: string;
  /** Port of the backend of all benchmarks; see `startBackend`. */
  readonly backendPort: number;
}

/** One line of the result. Figures carry their unit in their name. */
export interface LimitResult {
  readonly measurement: string;
  readonly [figure: string]: number | string | boolean | readonly number[];
  /** What the figures are held against, in words. */
  readonly aim: string;
  readonly isMet: boolean;
}

/** A measurement beside the comparison: something that Gatehouse promises about itself. */
export interface Limit {
  readonly name: string;
  /** Rejects when it cannot be taken, or when Gatehouse answered wrongly: then the figures would mean nothing. */
  run(context: LimitContext): Promise<LimitResult>;
}

/** The middle of some figures. Throws for none. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new TypeError('no figures');
  return middle;
}

/** Four digits that matter: the rest is noise. */
export function rounded(figure: number): number {
  const digits = 4;
  return Number(figure.toPrecision(digits));
}
