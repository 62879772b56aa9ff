/** Name, text and labels of a metric family. */
export interface MetricDefinition<Labels extends readonly string[]> {
  /** Prometheus name; counters end in `_total`, units are in the name (`_seconds`, `_bytes`). */
  readonly name: string;
  readonly help: string;
  /** Label names, in the order in which values are given. */
  readonly labels: Labels;
  /** Label combinations kept; further ones are counted under {@link otherLabel}. Default 1000. */
  readonly maxSeries?: number;
}

export type MetricType = 'counter' | 'gauge' | 'histogram';

/** One value per label name. */
export type LabelValues<Labels extends readonly string[]> = { readonly [K in keyof Labels]: string };

/** Label value of everything beyond a family's `maxSeries`. */
export const otherLabel: string = 'other';

const defaultMaxSeries = 1000;
const separator = '\u001f';

/** The series of one name, one per combination of label values: bounded. */
export class MetricFamily<Series, const Labels extends readonly string[] = readonly string[]> {
  readonly type: MetricType;
  readonly definition: MetricDefinition<Labels>;
  readonly #create: () => Series;
  readonly #maxSeries: number;
  readonly #series = new Map<string, { readonly values: readonly string[]; readonly series: Series }>();

  constructor(type: MetricType, definition: MetricDefinition<Labels>, create: () => Series) {
    this.type = type;
    this.definition = definition;
    this.#create = create;
    this.#maxSeries = definition.maxSeries ?? defaultMaxSeries;
  }

  /** The series with these label values. Keep it where it is used often: the look-up is a map access. */
  series(...values: LabelValues<Labels>): Series {
    const key = values.length === 1 ? (values[0] as string) : values.join(separator);
    const known = this.#series.get(key);
    if (known !== undefined) return known.series;
    if (this.#series.size < this.#maxSeries) return this.#add(key, values);
    const others = values.map(() => otherLabel);
    const otherKey = others.join(separator);
    return this.#series.get(otherKey)?.series ?? this.#add(otherKey, others);
  }

  /** Label values with their series, in order of first use. A family without labels always has its one series. */
  entries(): Iterable<{ readonly values: readonly string[]; readonly series: Series }> {
    if (this.definition.labels.length === 0 && this.#series.size === 0) this.#add('', []);
    return this.#series.values();
  }

  /** Forgets all series: for families that are filled anew at each scrape. */
  clear(): void {
    this.#series.clear();
  }

  #add(key: string, values: readonly string[]): Series {
    const series = this.#create();
    this.#series.set(key, { values, series });
    return series;
  }
}

/** A number that only grows. */
export class CounterSeries {
  value = 0;

  add(amount: number = 1): void {
    this.value += amount;
  }
}

/** A number that goes up and down. */
export class GaugeSeries {
  value = 0;

  set(value: number): void {
    this.value = value;
  }

  add(amount: number): void {
    this.value += amount;
  }
}

/** How many values fell into each range. */
export class HistogramSeries {
  /** Upper bounds, inclusive and rising, without the last one, +Inf. */
  readonly bounds: readonly number[];
  /** One more than bounds; not cumulative. */
  readonly counts: number[];
  sum = 0;
  count = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    const { bounds } = this;
    let i = 0;
    while (i < bounds.length && value > (bounds[i] as number)) i++;
    this.counts[i] = (this.counts[i] as number) + 1;
    this.sum += value;
    this.count++;
  }
}

export type Counter<Labels extends readonly string[]> = MetricFamily<CounterSeries, Labels>;
export type Gauge<Labels extends readonly string[]> = MetricFamily<GaugeSeries, Labels>;
export type Histogram<Labels extends readonly string[]> = MetricFamily<HistogramSeries, Labels>;
export type AnyMetricFamily = MetricFamily<CounterSeries | GaugeSeries | HistogramSeries>;

/** All metrics of a process. Whoever makes one keeps it; the registry is for the scrape. */
export class MetricRegistry {
  readonly #families = new Map<string, AnyMetricFamily>();
  readonly #collectors: Array<() => void> = [];

  counter<const Labels extends readonly string[]>(definition: MetricDefinition<Labels>): Counter<Labels> {
    return this.#register(new MetricFamily('counter', definition, () => new CounterSeries()));
  }

  gauge<const Labels extends readonly string[]>(definition: MetricDefinition<Labels>): Gauge<Labels> {
    return this.#register(new MetricFamily('gauge', definition, () => new GaugeSeries()));
  }

  /** @param bounds upper bounds, inclusive and rising; +Inf is added. */
  histogram<const Labels extends readonly string[]>(
    definition: MetricDefinition<Labels>,
    bounds: readonly number[],
  ): Histogram<Labels> {
    return this.#register(new MetricFamily('histogram', definition, () => new HistogramSeries(bounds)));
  }

  /** `collect` is called before every scrape, to set what is measured rather than counted. */
  onCollect(collect: () => void): void {
    this.#collectors.push(collect);
  }

  /** Brings everything up to date and gives all families, in order of registration. */
  collect(): Iterable<AnyMetricFamily> {
    for (const collect of this.#collectors) collect();
    return this.#families.values();
  }

  #register<Series extends CounterSeries | GaugeSeries | HistogramSeries, Labels extends readonly string[]>(
    family: MetricFamily<Series, Labels>,
  ): MetricFamily<Series, Labels> {
    const { name } = family.definition;
    if (this.#families.has(name)) throw new TypeError(`metric ${name} is registered twice`);
    // The scrape only reads, so that it may forget which series and labels these are.
    this.#families.set(name, family as unknown as AnyMetricFamily);
    return family;
  }
}
