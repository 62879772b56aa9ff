/** The two generations of ESP whose command lines are taken. Named by `--runtime_version`. */
export type RuntimeVersion = '1' | '2';

/** How a flag's text is read. `switch` takes no value; `list` may be given several times. */
export type FlagKind = 'string' | 'int' | 'duration' | 'switch' | 'list' | 'choice';

/** What a flag does here. */
export type FlagStatus =
  /** It works. */
  | { readonly kind: 'works' }
  /** Accepted, and what it asks for is what happens anyway; `why` says so in the reference page. */
  | { readonly kind: 'satisfied'; readonly why: string }
  /** Refused with a clear line, because what it asks for is not built; never ignored. */
  | { readonly kind: 'refused'; readonly why: string };

/** One flag of either generation: the source of parsing, help and the reference page. */
export interface FlagSpec {
  /** Without dashes. */
  readonly name: string;
  /** One letter, without its dash. */
  readonly short?: string;
  /** The only generation that knows the short form; undefined: all that know the flag. */
  readonly shortOnlyIn?: RuntimeVersion;
  readonly kind: FlagKind;
  readonly choices?: readonly string[];
  /** Generations that take the flag, with the default each documents; '' when it has none. */
  readonly defaults: Readonly<Partial<Record<RuntimeVersion, string>>>;
  readonly group: FlagGroup;
  readonly help: string;
  readonly status: FlagStatus;
  /** Not an ESP flag but ours (or a Go flag that ESPv2's start script does not pass on). */
  readonly own?: boolean;
}

export type FlagGroup =
  | 'service'
  | 'backend'
  | 'listener'
  | 'tls'
  | 'cors'
  | 'headers'
  | 'jwt'
  | 'service control'
  | 'tracing'
  | 'transcoding'
  | 'platform'
  | 'process';

/** Values of a command line by flag name: only what was given. */
export interface FlagValues {
  readonly strings: ReadonlyMap<string, string>;
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly switches: ReadonlySet<string>;
}
