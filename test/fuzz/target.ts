/** What a fuzz run is asked for. */
export interface FuzzOptions {
  readonly runs: number;
  readonly seed: number;
  /** Called every few seconds with what has been done. */
  onProgress(done: FuzzSummary): void;
}

/** What a fuzz run did. */
export interface FuzzSummary {
  readonly inputs: number;
  /** How many inputs ended in each way: a run in which everything is refused proves little. */
  readonly outcomes: Readonly<Record<string, number>>;
}

/** Runs until the inputs are used up; throws an Error that shows the counterexample at the first failure. */
export type FuzzTarget = (options: FuzzOptions) => Promise<FuzzSummary>;
